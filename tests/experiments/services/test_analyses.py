from __future__ import annotations

from datetime import timedelta

import pytest

from experiments import stats
from experiments.models import RollUp, WeightChange
from experiments.plans import MetricSpec
from experiments.selectors import latest_analysis
from experiments.services import analysis_refresh, experiment_decide, unit_forget
from tests.factories.experiments import (
    LATER,
    ORDERS,
    STARTED_AT,
    draft,
    expose,
    order,
    orders,
    running,
)

pytestmark = pytest.mark.django_db


def people(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def filled(*, control=20, urgency=40, size=200, stratum="", **options):
    """A test with `control` and `urgency` orders among `size` people an arm."""
    experiment = running(**{"looks": "fixed", **options})
    for key, count in (("control", control), ("urgency", urgency)):
        units = people(key, size)
        expose(experiment, key, *units, stratum=stratum)
        orders(*units[:count], at=STARTED_AT)
    return experiment


def test_the_results_have_the_shape_that_pages_and_reports_read():
    results = analysis_refresh(filled(stratum="loyal"), now=LATER).results
    assert set(results) == {
        "confidence", "looks", "correction", "arms", "balance", "health", "progress", "metrics",
        "verdict",
    }  # fmt: skip
    assert set(results["arms"][0]) == {"key", "name", "is_control", "weight", "units"}
    assert set(results["balance"]) == {
        "p_value", "p_value_watched", "observed", "expected", "is_mismatch", "note",
    }  # fmt: skip
    assert set(results["verdict"]) == {"kind", "arm", "sentence", "reasons"}
    assert set(results["progress"]) == {
        "units", "planned_units", "days", "units_per_day", "days_left", "detectable_lift",
    }  # fmt: skip
    metric = results["metrics"][0]
    assert set(metric) == {
        "key", "name", "kind", "role", "is_lower_better", "is_share", "is_capped", "is_reweighed",
        "covariate_days", "margin", "is_margin_relative", "waiting", "window_hours", "overall",
        "strata",
    }  # fmt: skip
    assert metric["strata"][0]["stratum"] == "loyal"
    for table in (metric["overall"], metric["strata"][0]["table"]):
        assert set(table["arms"]["control"]) == {
            "units", "converters", "total", "mean", "low", "high",
        }  # fmt: skip
        comparison = table["comparisons"]["urgency"]
        assert set(comparison) == {
            "difference", "lift", "bayes", "plain", "uncapped", "margin", "informed",
            "stratified", "interaction", "error",
        }  # fmt: skip
        assert set(comparison["difference"]) == {
            "estimate", "low", "high", "p_value", "method", "p_adjusted", "low_adjusted",
            "high_adjusted",
        }  # fmt: skip
        assert set(comparison["lift"]) == {
            "estimate", "low", "high", "low_adjusted", "high_adjusted",
        }  # fmt: skip
        assert set(comparison["bayes"]) == {
            "beats_control", "is_best", "expected_loss", "difference_low", "difference_high",
            "lift_low", "lift_high",
        }  # fmt: skip


def test_a_conversion_has_converters_and_no_total():
    analysis = analysis_refresh(filled(), now=LATER)
    cell = analysis.results["metrics"][0]["overall"]["arms"]["urgency"]
    assert (cell["units"], cell["converters"], cell["total"], cell["mean"]) == (200, 40, None, 0.2)


def test_a_sum_has_an_exact_total():
    experiment = filled()
    order("control199", "0.1")
    order("control199", "0.2")
    revenue = analysis_refresh(experiment, now=LATER).results["metrics"][1]
    assert revenue["overall"]["arms"]["control"]["total"] == "200.3"


def test_a_count_counts_events():
    experiment = filled()
    order("control0")
    counted = analysis_refresh(experiment, now=LATER).results["metrics"][2]
    assert counted["overall"]["arms"]["control"]["total"] == "21"


def test_a_clear_winner_is_shipped():
    analysis = analysis_refresh(filled(control=20, urgency=40), now=LATER)
    assert (analysis.verdict, analysis.results["verdict"]["arm"]) == ("ship", "urgency")
    assert analysis.sentence.startswith("Ship Urgency: Orders +100.0% against control")


def test_no_winner_is_named_before_the_days_are_over():
    analysis = analysis_refresh(filled(), now=STARTED_AT + timedelta(days=2))
    assert analysis.verdict == "keep_going"
    assert "2 of 3 days" in analysis.sentence


def test_a_broken_split_blocks_the_verdict():
    experiment = filled()
    expose(experiment, "control", *people("more", 200))
    analysis = analysis_refresh(experiment, now=LATER)
    assert analysis.verdict == "invalid"
    assert analysis.results["balance"]["is_mismatch"]


def test_an_experiment_without_anyone_has_no_numbers_and_says_why():
    analysis = analysis_refresh(running(), now=LATER)
    assert analysis.results["balance"]["p_value"] is None
    table = analysis.results["metrics"][0]["overall"]
    assert table["arms"]["control"] == {
        "units": 0,
        "converters": 0,
        "total": None,
        "mean": None,
        "low": None,
        "high": None,
    }
    comparison = table["comparisons"]["urgency"]
    assert comparison["difference"]["estimate"] is None
    assert "has 0 units" in comparison["error"]
    assert analysis.verdict == "keep_going"


def test_a_draft_can_be_looked_at():
    assert analysis_refresh(draft(), now=LATER).verdict == "keep_going"


def test_equal_inputs_give_the_same_snapshot():
    experiment = filled()
    first = analysis_refresh(experiment, now=LATER)
    assert analysis_refresh(experiment, now=LATER + timedelta(days=30)).pk == first.pk


def test_a_new_event_gives_a_new_snapshot():
    experiment = filled()
    first = analysis_refresh(experiment, now=LATER)
    order("control199")
    second = analysis_refresh(experiment, now=LATER)
    assert second.pk != first.pk
    assert latest_analysis(experiment) == second


def test_an_experiment_nobody_looked_at_has_no_analysis():
    assert latest_analysis(running()) is None


def test_results_stand_still_after_the_decision():
    experiment = filled()
    experiment_decide(experiment, now=LATER, actor=None, reason="won")
    first = analysis_refresh(experiment, now=LATER)
    order("control199", at=LATER + timedelta(hours=1))
    assert analysis_refresh(experiment, now=LATER + timedelta(days=2)).pk == first.pk


def test_segments_add_up_to_the_whole():
    experiment = filled(stratum="loyal")
    expose(experiment, "control", *people("x", 50))
    expose(experiment, "urgency", *people("y", 50))
    orders("x1", "y1", "y2")
    metric = analysis_refresh(experiment, now=LATER).results["metrics"][0]
    parts = [part["table"]["arms"]["urgency"]["converters"] for part in metric["strata"]]
    assert parts == [2, 40]
    assert metric["overall"]["arms"]["urgency"]["converters"] == 42


def test_inputs_that_return_to_what_they_were_are_the_latest_again():
    experiment = filled()
    first = analysis_refresh(experiment, now=LATER)
    expose(experiment, "urgency", "one more")
    second = analysis_refresh(experiment, now=LATER)
    unit_forget("one more")
    analysis_refresh(experiment, now=LATER)
    assert second != first
    assert latest_analysis(experiment) == first


def test_a_test_watched_at_any_time_asks_for_more_than_one_look_would():
    analysis = analysis_refresh(filled(looks="anytime"), now=LATER)
    difference = analysis.results["metrics"][0]["overall"]["comparisons"]["urgency"]["difference"]
    assert (analysis.verdict, difference["method"]) == ("keep_going", "anytime")
    assert difference["low"] < 0 < difference["high"]


def test_planned_looks_decide_only_when_they_are_due():
    experiment = filled(
        looks="group_sequential", planned_units=1000, planned_looks=2, spending="pocock"
    )
    early = analysis_refresh(experiment, now=LATER)
    assert early.verdict == "keep_going"
    assert "400 of the 500 for the next look" in early.sentence
    assert not experiment.looks_taken.exists()
    for key, count in (("control", 8), ("urgency", 25)):
        units = people(f"late-{key}", 75)
        expose(experiment, key, *units)
        orders(*units[:count], at=STARTED_AT)
    look = analysis_refresh(experiment, now=LATER)
    assert (look.verdict, look.results["looks"]["is_look"]) == ("ship", True)
    [taken] = experiment.looks_taken.all()
    assert (taken.number, taken.units, taken.information) == (1, 550, 0.55)


def test_a_look_counted_again_is_the_same_look():
    experiment = filled(looks="group_sequential", planned_units=800, planned_looks=2)
    first = analysis_refresh(experiment, now=LATER)
    order("control199")
    again = analysis_refresh(experiment, now=LATER)
    assert first.results["looks"]["is_look"]
    assert again.results["looks"]["is_look"]
    assert experiment.looks_taken.count() == 1


def test_decided_tests_with_the_same_goal_inform_the_next():
    for lift in (20, 22, 24, 26, 40, 30):
        past = filled(control=20, urgency=lift, size=400)
        analysis_refresh(past, now=LATER)
        experiment_decide(past, now=LATER, actor=None, reason="")
    comparison = analysis_refresh(filled(control=20, urgency=60), now=LATER).results["metrics"][0][
        "overall"
    ]["comparisons"]["urgency"]
    assert comparison["lift"]["estimate"] == pytest.approx(2.0)
    assert 0 < comparison["informed"]["estimate"] < 2.0


def test_the_pace_and_the_planned_sample_say_how_long_it_takes():
    experiment = filled(planned_units=800)
    progress = analysis_refresh(experiment, now=STARTED_AT + timedelta(days=4)).results["progress"]
    assert (progress["units"], progress["units_per_day"], progress["days_left"]) == (400, 100, 4)
    assert progress["detectable_lift"] > 0.5


def test_a_health_check_s_warning_stands_among_the_reasons():
    experiment = filled()
    experiment.exposures.filter(unit_id__startswith="control1").update(has_other_arm=True)
    results = analysis_refresh(experiment, now=LATER).results
    [warned] = [each for each in results["health"] if each["check"] == "multiple_exposure"]
    assert warned["sentence"] in results["verdict"]["reasons"]


def test_the_log_is_read_for_the_checks_only_now_and_then():
    experiment = filled()
    analysis_refresh(experiment, now=LATER)
    read_at = RollUp.objects.get(experiment=experiment).log_read_at
    analysis_refresh(experiment, now=LATER + timedelta(hours=1))
    assert RollUp.objects.get(experiment=experiment).log_read_at == read_at == LATER
    analysis_refresh(experiment, now=LATER + timedelta(hours=6))
    assert RollUp.objects.get(experiment=experiment).log_read_at > read_at


def test_a_quantile_is_taken_over_everyone_who_did_nothing_too():
    spend = MetricSpec(
        key="p90", name="Spend of the top tenth", kind="quantile", event_name="Bought", quantile=0.9
    )
    experiment = filled(metrics=[ORDERS, spend], stratum="loyal")
    amounts = {"control": range(1, 81), "urgency": range(21, 101)}
    for key, values in amounts.items():
        for unit, value in zip(people(key, 80), values, strict=True):
            order(unit, str(value), name="Bought", at=STARTED_AT)
    order("control150", "-7", name="Bought", at=STARTED_AT)
    metric = analysis_refresh(experiment, now=LATER).results["metrics"][1]
    everyone = [-7] + [0] * 119 + list(amounts["control"])
    arms = metric["overall"]["arms"]
    # Of 200 sorted values the 180th.
    assert arms["control"]["mean"] == sorted(everyone)[179] == 60
    assert arms["urgency"]["mean"] == 80
    assert arms["control"]["low"] < 60 < arms["control"]["high"]
    comparison = metric["overall"]["comparisons"]["urgency"]
    assert comparison["difference"]["estimate"] == 20
    assert comparison["lift"]["estimate"] == pytest.approx(1 / 3)
    assert metric["strata"][0]["table"]["arms"]["control"]["mean"] == 60


def test_too_few_people_have_no_quantile_and_it_is_said():
    spend = MetricSpec(
        key="p99", name="Spend", kind="quantile", event_name="Order Completed", quantile=0.99
    )
    metric = analysis_refresh(filled(metrics=[ORDERS, spend]), now=LATER).results["metrics"][1]
    assert metric["overall"]["arms"]["control"]["mean"] is None
    assert "too few people" in metric["overall"]["comparisons"]["urgency"]["error"]


def test_a_goal_has_credible_intervals_that_hold_its_estimate():
    comparison = analysis_refresh(filled(), now=LATER).results["metrics"][0]["overall"][
        "comparisons"
    ]["urgency"]
    believed = comparison["bayes"]
    assert believed["difference_low"] < 0.1 < believed["difference_high"]
    assert believed["lift_low"] < 1.0 < believed["lift_high"]


def test_a_bandit_s_figures_take_its_weights_into_account():
    experiment = running(traffic="thompson", looks="fixed")
    weeks = [
        ({"control": 0.5, "urgency": 0.5}, 40, 8, 8),
        ({"control": 0.2, "urgency": 0.8}, 160, 4, 20),
    ]
    for period, (weights, size, *hits) in enumerate(weeks):
        WeightChange.objects.update_or_create(
            experiment=experiment,
            period=period,
            defaults={"weights": weights, "reason": "", "created_at": STARTED_AT},
        )
        for (key, share), count in zip(weights.items(), hits, strict=True):
            units = people(f"{key}-{period}-", round(size * share * 5))
            expose(experiment, key, *units)
            experiment.exposures.filter(unit_id__in=units).update(period=period)
            orders(*units[:count], at=STARTED_AT)
    metric = analysis_refresh(experiment, now=LATER).results["metrics"][0]
    seen = [
        stats.Period(
            weights=tuple(weights.values()),
            samples=tuple(
                stats.Mean.of([1] * count + [0] * (round(size * share * 5) - count))
                for share, count in zip(weights.values(), hits, strict=True)
            ),
        )
        for weights, size, *hits in weeks
    ]
    expected = stats.adaptive_difference(seen, treatment=1)
    difference = metric["overall"]["comparisons"]["urgency"]["difference"]
    assert metric["is_reweighed"]
    assert difference["estimate"] == pytest.approx(expected.estimate)
    assert difference["low"] == pytest.approx(expected.low, rel=0.02)
