import copy
from datetime import timedelta
from decimal import Decimal

import pytest

from campaigns import services
from campaigns.selectors import report_for
from campaigns.selectors.report_values import Interval
from experiments.models import Analysis
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON


def cell(units, converters=None, total=None, mean=None):
    bounds = (mean - 0.01, mean + 0.01) if mean is not None else (None, None)
    return {
        "units": units,
        "converters": converters,
        "total": total,
        "mean": mean,
        "low": bounds[0],
        "high": bounds[1],
    }


def comparison(**fields):
    return {
        "difference": {
            "estimate": 0.02,
            "low": 0.01,
            "high": 0.03,
            "p_value": 0.004,
            "p_adjusted": 0.008,
        },
        "lift": {"estimate": 0.4, "low": 0.1, "high": 0.8},
        "bayes": {"beats_control": 0.99, "is_best": 0.97, "expected_loss": 0.0001},
        "error": None,
        **fields,
    }


TABLE = {
    "arms": {
        "control": cell(1000, converters=50, mean=0.05),
        "urgency": cell(1010, converters=70, mean=0.07),
    },
    "comparisons": {"urgency": comparison()},
}
REVENUE = {
    "arms": {
        "control": cell(1000, total="1234567890.1234", mean=1.5),
        "urgency": cell(1010, total=None),
    },
    "comparisons": {
        "urgency": {"difference": None, "lift": None, "bayes": None, "error": "nobody bought"}
    },
}
RESULTS = {
    "confidence": 0.9,
    "arms": [
        {
            "key": "control",
            "name": "Control",
            "is_control": True,
            "weight": 0.5,
            "units": 1000,
        },
        {
            "key": "urgency",
            "name": "Urgency",
            "is_control": False,
            "weight": 0.5,
            "units": 1010,
        },
    ],
    "balance": {
        "p_value": 0.82,
        "observed": {"control": 1000, "urgency": 1010},
        "expected": {"control": 1005.0, "urgency": 1005.0},
        "is_mismatch": False,
        "note": "The split is as planned.",
    },
    "metrics": [
        {
            "key": "conversion",
            "name": "Conversion",
            "kind": "conversion",
            "role": "goal",
            "is_lower_better": False,
            "overall": TABLE,
            "strata": [{"stratum": "knits", "table": TABLE}, {"stratum": "gone", "table": TABLE}],
        },
        {
            "key": "revenue",
            "name": "Revenue",
            "kind": "sum",
            "role": "secondary",
            "is_lower_better": False,
            "overall": REVENUE,
            "strata": [],
        },
    ],
    "verdict": {
        "kind": "ship",
        "arm": "urgency",
        "sentence": "Ship Urgency.",
        "reasons": ["It converts 40% better."],
    },
}


@pytest.fixture
def live(owner):
    knits = make.segment("knits", name="Knit lovers")
    return make.live_campaign(owner, segments=[knits], angles=["urgency"])


@pytest.fixture
def report(live):
    Analysis.objects.create(
        experiment=live.experiment, inputs_digest="x", results=RESULTS, verdict="ship"
    )
    return report_for(live, now=NOW + timedelta(days=9, hours=5))


def test_the_header_says_what_ran_on_whom_and_for_how_long(live, report):
    header = report.header
    assert (header.key, header.status, header.goal_event) == (live.key, "live", "Order Completed")
    assert (header.days, header.units, header.confidence) == (9, 2010, 0.9)
    assert header.segment_names == ("Knit lovers",)
    assert header.arm_names == ("Control (human copy)", "Urgency")


def test_an_arm_has_its_counts_and_how_it_compares(report):
    control, urgency = report.goal.overall.arms
    assert (control.units, control.converters, control.lift) == (1000, 50, None)
    assert urgency.mean == Interval(0.07, pytest.approx(0.06), pytest.approx(0.08))
    assert urgency.lift == Interval(0.4, 0.1, 0.8)
    assert urgency.difference == Interval(0.02, 0.01, 0.03)
    assert (urgency.p_value, urgency.p_adjusted) == (0.004, 0.008)
    assert (urgency.beats_control, urgency.is_best, urgency.expected_loss) == (0.99, 0.97, 0.0001)


def test_money_is_exact(report):
    assert report.metrics[1].overall.arms[0].total == Decimal("1234567890.1234")


def test_a_comparison_that_could_not_be_made_says_why_and_has_no_number(report):
    urgency = report.metrics[1].overall.arms[1]
    assert urgency.error == "nobody bought"
    assert (urgency.total, urgency.mean, urgency.lift, urgency.p_value) == (None,) * 4


def test_segments_go_by_their_names_and_one_that_is_gone_by_its_key(report):
    assert [table.segment_name for table in report.goal.segments] == ["Knit lovers", "gone"]


def test_the_verdict_the_balance_and_the_winning_copy_are_there(report):
    assert (report.verdict.sentence, report.verdict.arm_name) == ("Ship Urgency.", "Urgency")
    assert (report.balance.p_value, report.balance.is_mismatch) == (0.82, False)
    (winner,) = report.winning_copies
    assert (winner.arm, winner.segment_name) == ("urgency", "Knit lovers")
    assert winner.text.subject.endswith("urgency way")


def test_every_text_under_test_is_listed(report):
    assert [(text.arm, text.segment_name) for text in report.copies] == [
        ("urgency", "Knit lovers"),
        ("control", "everyone else"),
    ]


def test_before_the_first_analysis_there_is_no_verdict(live):
    report = report_for(live, now=NOW)
    assert (report.metrics, report.balance, report.verdict, report.goal) == ((), None, None, None)
    assert report.winning_copies == ()


def test_a_draft_has_a_report_that_says_it_never_ran():
    report = report_for(make.campaign(), now=NOW)
    assert (report.header.launched_at, report.header.days, report.header.units) == (None, None, 0)


def test_days_stop_when_the_test_ends(owner, live):
    services.campaign_finish(live, actor=owner, now=NOW + timedelta(days=4))
    live.refresh_from_db()
    assert report_for(live, now=NOW + timedelta(days=90)).header.days == 4


GROWN = {
    "difference": {
        "estimate": 0.02, "low": 0.01, "high": 0.03, "p_value": 0.004, "p_adjusted": 0.008,
        "low_adjusted": 0.005, "high_adjusted": 0.035, "method": "score",
    },
    "lift": {"estimate": 0.4, "low": 0.1, "high": 0.8, "low_adjusted": 0.05, "high_adjusted": 0.9},
    "plain": {
        "difference": {"estimate": 0.02, "low": 0.0, "high": 0.04, "p_value": 0.05},
        "lift": {"estimate": 0.41, "low": 0.01, "high": 0.9},
    },
    "uncapped": {"difference": {"estimate": 0.03, "p_value": 0.1}, "lift": None},
    "margin": {"margin": 0.02, "p_value": 0.01, "is_shown": True, "low": -0.01, "high": None},
    "informed": {"estimate": 0.2, "low": 0.1, "high": 0.3, "beats_control": 0.98},
    "stratified": {"estimate": 0.021, "low": 0.01, "high": 0.03, "p_value": 0.003},
    "interaction": {"p_value": 0.04, "statistic": 5.0, "degrees_of_freedom": 1, "share": 0.6},
}  # fmt: skip


def grown_results():
    """As the analyses of today have it."""
    results = copy.deepcopy(RESULTS)
    goal = results["metrics"][0]
    goal["overall"]["comparisons"]["urgency"] |= copy.deepcopy(GROWN)
    goal["overall"] |= {
        "variance_kept": 0.36,
        "shrunken": {
            "urgency": {"estimate": 0.06, "low": 0.05, "high": 0.07, "pull": 0.5, "lift": 0.2}
        },
    }
    goal["strata"][0]["shrunken"] = {
        "urgency": {"estimate": 0.015, "low": 0.01, "high": 0.02, "pull": 0.7}
    }
    goal |= {"waiting": 120, "window_hours": 72, "is_capped": True, "covariate_days": 28}
    return results | {
        "looks": {"rule": "group_sequential", "earlier": [0.2], "information": 0.4,
                  "is_look": True, "next_look": 1200},
        "correction": "holm",
        "progress": {"units": 2010, "planned_units": 4000, "units_per_day": 100.0, "days_left": 20,
                     "detectable_lift": 0.3},
        "health": [
            {"check": "bots", "severity": "note", "title": "Some robots"},
            {"check": "split", "severity": "blocks", "title": "The split", "cure": "Mend it"},
            {"check": "new", "severity": "dire", "title": "Unknown"},
        ],
    }  # fmt: skip


@pytest.fixture
def grown(live):
    Analysis.objects.create(
        experiment=live.experiment, inputs_digest="y", results=grown_results(), verdict="ship"
    )
    return report_for(live, now=NOW)


def test_the_interval_shown_is_the_one_that_was_adjusted_for_the_family(grown):
    urgency = grown.goal.overall.arms[1]
    assert urgency.shown_lift == Interval(0.4, 0.05, 0.9)
    assert urgency.shown_difference == Interval(0.02, 0.005, 0.035)


def test_what_was_compared_another_way_stands_beside(grown):
    urgency = grown.goal.overall.arms[1]
    assert urgency.plain.lift == Interval(0.41, 0.01, 0.9)
    assert (urgency.uncapped.lift, urgency.uncapped.p_value) == (None, 0.1)
    assert (urgency.margin.margin, urgency.margin.is_shown) == (0.02, True)
    assert (urgency.informed.lift.estimate, urgency.informed.beats_control) == (0.2, 0.98)
    assert (urgency.stratified.estimate, urgency.interaction_p) == (0.021, 0.04)
    assert urgency.shrunken.lift == 0.2
    assert grown.goal.segments[0].arms[1].shrunken.effect == Interval(0.015, 0.01, 0.02)


def test_a_metric_knows_who_waits_and_what_was_done_to_it(grown):
    goal = grown.goal
    assert (goal.waiting, goal.window_hours, goal.is_capped) == (120, 72, True)
    assert (goal.covariate_days, goal.overall.variance_kept) == (28, 0.36)


def test_the_rule_and_the_progress_are_there(grown):
    assert (grown.looks.rule, grown.looks.looks_taken, grown.looks.next_look) == (
        "group_sequential", 1, 1200,
    )  # fmt: skip
    assert (grown.progress.share, grown.progress.days_left) == (0.5025, 20)


def test_what_blocks_stands_first_and_an_unknown_severity_is_a_warning(grown):
    assert [finding.severity for finding in grown.health] == ["blocks", "warning", "note"]


def test_an_analysis_from_before_lacks_all_of_it_and_has_a_report(report):
    urgency = report.goal.overall.arms[1]
    assert urgency.shown_lift == Interval(0.4, 0.1, 0.8)
    assert (urgency.plain, urgency.margin, urgency.shrunken) == (None, None, None)
    assert (report.looks, report.progress, report.health) == (None, None, ())


@pytest.mark.parametrize(("low", "high"), [(None, None), (-1.0, None), (-0.9, 40.0)])
def test_an_adjusted_interval_without_a_limit_gives_way_to_the_arms_own(live, low, high):
    results = grown_results()
    lift = results["metrics"][0]["overall"]["comparisons"]["urgency"]["lift"]
    lift |= {"low_adjusted": low, "high_adjusted": high}
    Analysis.objects.create(
        experiment=live.experiment, inputs_digest="z", results=results, verdict="ship"
    )
    urgency = report_for(live, now=NOW).goal.overall.arms[1]
    assert urgency.is_shown_alone
    assert urgency.shown_lift == Interval(0.4, 0.1, 0.8)


def test_the_lifts_that_are_believed_stand_around_the_estimate(live):
    results = grown_results()
    bayes = results["metrics"][0]["overall"]["comparisons"]["urgency"]["bayes"]
    bayes |= {"lift_low": 0.12, "lift_high": 0.71}
    Analysis.objects.create(
        experiment=live.experiment, inputs_digest="b", results=results, verdict="ship"
    )
    urgency = report_for(live, now=NOW).goal.overall.arms[1]
    assert urgency.credible == Interval(0.4, 0.12, 0.71)
