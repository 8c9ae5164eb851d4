from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from experiments import stats
from experiments.outcomes import Outcome, Samples
from experiments.plans import ArmPlan, MetricSpec
from experiments.results import LookRule, Setup, results_for

ARMS = (
    ArmPlan(id=1, key="control", name="Control", weight=0.5, is_control=True),
    ArmPlan(id=2, key="urgency", name="Urgency", weight=0.25, is_control=False),
    ArmPlan(id=3, key="curiosity", name="Curiosity", weight=0.25, is_control=False),
)
ORDERS = MetricSpec(key="orders", name="Orders", kind="conversion", role="goal", event_name="o")
REVENUE = MetricSpec(key="revenue", name="Revenue", kind="sum", event_name="o")
SIZES = {"control": 400, "urgency": 200, "curiosity": 200}


def setup_of(*metrics, days=7.0, **options):
    return Setup(
        arms=ARMS,
        metrics=metrics,
        **{"rule": LookRule(), "minimums": stats.Minimums(), "days": days, **options},
    )


def outcome(size, count, *, worth=10):
    """`count` of `size` units did it, for `worth` each."""
    return Outcome(
        units=size,
        doers=count,
        sums=(count * worth * 10**4,),
        products=(count * worth**2 * 10**8,),
    )


def samples_of(hits, *, metric="orders", strata=("",), sizes=SIZES, worth=1):
    return Samples(
        units={(stratum, arm): size for stratum in strata for arm, size in sizes.items()},
        outcomes={
            (metric, stratum, arm): outcome(sizes[arm], count, worth=worth)
            for stratum in strata
            for arm, count in hits.items()
        },
    )


def compared(results, arm="urgency", metric=0):
    return results["metrics"][metric]["overall"]["comparisons"][arm]


def test_p_values_are_adjusted_over_the_arms():
    found = results_for(
        setup_of(ORDERS), samples_of({"control": 40, "urgency": 35, "curiosity": 22})
    )
    smaller, larger = (compared(found, arm)["difference"] for arm in ("urgency", "curiosity"))
    assert smaller["p_adjusted"] == pytest.approx(2 * smaller["p_value"])
    assert larger["p_adjusted"] == pytest.approx(larger["p_value"])


def test_segments_are_one_family_of_their_own():
    hits = {"control": 40, "urgency": 35, "curiosity": 35}
    found = results_for(setup_of(ORDERS), samples_of(hits, strata=("loyal", "new")))
    difference = found["metrics"][0]["strata"][0]["table"]["comparisons"]["urgency"]["difference"]
    assert difference["p_adjusted"] == pytest.approx(4 * difference["p_value"])


def test_a_single_stratum_of_everyone_is_not_repeated():
    found = results_for(setup_of(ORDERS), samples_of({"control": 40}))
    assert found["metrics"][0]["strata"] == []


def test_a_baseline_of_nobody_leaves_the_difference_and_says_why_there_is_no_lift():
    found = results_for(setup_of(ORDERS), samples_of({"urgency": 12, "curiosity": 9}))
    comparison = compared(found)
    assert comparison["difference"]["estimate"] == 12 / 200
    assert comparison["lift"] is None
    assert "no lift" in comparison["error"]


def test_an_arm_where_nothing_could_be_compared_is_a_caution():
    found = results_for(setup_of(ORDERS), samples_of({}))
    assert compared(found)["difference"]["estimate"] is None
    assert "nobody" in compared(found)["error"]
    assert any("could not be compared" in reason for reason in found["verdict"]["reasons"])


def test_revenue_nobody_brought_has_a_mean_and_no_interval():
    found = results_for(setup_of(ORDERS, REVENUE), samples_of({}))
    cell = found["metrics"][1]["overall"]["arms"]["control"]
    assert (cell["mean"], cell["low"], cell["high"], cell["total"]) == (0.0, None, None, "0")
    assert compared(found, metric=1)["bayes"] is None


def test_an_arm_without_spread_is_left_out_of_the_beliefs():
    hits = {"control": 40, "curiosity": 30}
    found = results_for(setup_of(ORDERS, REVENUE), samples_of(hits, metric="revenue", worth=10))
    assert compared(found, "urgency", metric=1)["bayes"] is None
    best = compared(found, "curiosity", metric=1)["bayes"]
    assert best["beats_control"] == pytest.approx(best["is_best"])


def test_guardrails_reach_the_verdict():
    hurt = MetricSpec(
        key="gone",
        name="Unsubscribes",
        kind="conversion",
        role="guardrail",
        event_name="u",
        is_lower_better=True,
    )
    goal = samples_of({"control": 40, "urgency": 60, "curiosity": 20})
    gone = samples_of({"control": 4, "urgency": 30, "curiosity": 2}, metric="gone")
    both = Samples(units=goal.units, outcomes={**goal.outcomes, **gone.outcomes})
    found = results_for(setup_of(ORDERS, hurt), both)
    assert (found["verdict"]["kind"], found["verdict"]["arm"]) == ("stop_for_harm", "urgency")


HITS = {"control": 40, "urgency": 35, "curiosity": 22}


def test_adjusted_intervals_are_wider_and_agree_with_the_adjusted_p():
    found = compared(results_for(setup_of(ORDERS), samples_of(HITS)), "urgency")
    difference, lift = found["difference"], found["lift"]
    assert difference["low_adjusted"] < difference["low"]
    assert (difference["low_adjusted"] > 0) is (difference["p_adjusted"] < 0.05)
    assert lift["low_adjusted"] < lift["low"] < lift["estimate"] < lift["high_adjusted"]


def test_the_first_of_two_goals_keeps_its_share_of_the_level():
    second = replace(ORDERS, key="visits", name="Visits")
    goals = samples_of(HITS)
    both = replace(goals, outcomes={**goals.outcomes, **samples_of(HITS, metric="visits").outcomes})
    found = results_for(setup_of(ORDERS, second, primary_share=0.8), both)
    first, other = (compared(found, "urgency", metric=at)["difference"] for at in (0, 1))
    # 0.8 / 2 of the level for each arm on the first goal, 0.2 / 2 on the second.
    assert first["p_adjusted"] == pytest.approx(first["p_value"] / 0.4)
    assert other["p_adjusted"] >= first["p_adjusted"]


def test_dunnett_asks_for_less_than_bonferroni():
    by_dunnett = results_for(setup_of(ORDERS, correction="dunnett"), samples_of(HITS))
    difference = compared(by_dunnett, "urgency")["difference"]
    assert difference["p_value"] < difference["p_adjusted"] < 2 * difference["p_value"]


def test_a_segment_where_the_angle_works_differently_is_found():
    samples = samples_of(HITS, strata=("loyal", "new"))
    samples.outcomes["orders", "loyal", "urgency"] = outcome(200, 90)
    samples.outcomes["orders", "new", "urgency"] = outcome(200, 5)
    found = results_for(setup_of(ORDERS), samples)
    assert compared(found, "urgency")["interaction"]["p_value"] < 1e-6
    assert compared(found, "curiosity")["interaction"]["p_value"] == pytest.approx(1.0)
    raw = found["metrics"][0]["strata"][0]["table"]["comparisons"]["urgency"]["difference"]
    pulled = found["metrics"][0]["strata"][0]["shrunken"]["urgency"]
    assert 0 < pulled["estimate"] < raw["estimate"]


def test_the_best_of_three_arms_is_shrunk_toward_the_others():
    found = results_for(setup_of(ORDERS), samples_of(HITS))["metrics"][0]["overall"]
    assert found["shrunken"]["urgency"]["estimate"] < found["arms"]["urgency"]["mean"]
    assert (
        found["shrunken"]["urgency"]["lift"] < found["comparisons"]["urgency"]["lift"]["estimate"]
    )


def test_a_segment_mix_that_fell_unevenly_is_put_right():
    # Loyal people order more, and more of them fell to urgency; in no segment does it work.
    units = {"loyal": (100, 300), "new": (300, 100)}
    rates = {"loyal": 0.5, "new": 0.1}
    arms = ARMS[:2]
    samples = Samples(
        units={
            (stratum, arm.key): size
            for stratum, sizes in units.items()
            for arm, size in zip(arms, sizes, strict=True)
        },
        outcomes={
            ("orders", stratum, arm.key): outcome(size, round(size * rates[stratum]))
            for stratum, sizes in units.items()
            for arm, size in zip(arms, sizes, strict=True)
        },
    )
    found = compared(results_for(replace(setup_of(ORDERS), arms=arms), samples))
    assert found["difference"]["estimate"] == pytest.approx(0.2)
    assert found["stratified"]["estimate"] == pytest.approx(0.0)


def test_a_covariate_narrows_the_interval_and_the_plain_figure_stays_beside():
    adjusted = replace(REVENUE, covariate_days=28, role="goal")
    column = {"units": 400, "doers": 300}
    samples = Samples(
        units={("", "control"): 400, ("", "urgency"): 400},
        outcomes={
            ("revenue", "", arm): Outcome(
                **column,
                sums=(total * 10**4, before * 10**4),
                products=(squares * 10**8, shared * 10**8, before_squares * 10**8),
            )
            for arm, total, before, squares, shared, before_squares in (
                ("control", 4000, 4000, 50_000, 49_000, 50_000),
                ("urgency", 4400, 4100, 58_000, 54_500, 52_000),
            )
        },
    )
    setup = replace(setup_of(adjusted), arms=ARMS[:2])
    found = compared(results_for(setup, samples))
    width, plain = (
        each["high"] - each["low"] for each in (found["difference"], found["plain"]["difference"])
    )
    assert width < plain / 2
    assert found["plain"]["difference"]["estimate"] == pytest.approx(1.0)
    # What urgency's people were ahead before, 0.25, is no merit of the copy.
    assert found["difference"]["estimate"] == pytest.approx(1.0 - 0.25, abs=0.03)


def test_a_capped_metric_has_the_raw_figure_beside():
    capped = replace(REVENUE, cap=Decimal(20), role="goal")
    samples = samples_of({"control": 40, "urgency": 60}, metric="revenue", worth=20)
    raw = samples_of({"control": 40, "urgency": 60}, metric="revenue", worth=30)
    found = compared(results_for(setup_of(capped), replace(samples, uncapped=raw.outcomes)))
    assert found["uncapped"]["difference"]["estimate"] == pytest.approx(
        1.5 * found["difference"]["estimate"]
    )


@pytest.mark.parametrize(
    ("hits", "kept", "kind"),
    [
        ({"control": 200, "urgency": 101}, True, "ship"),
        ({"control": 8, "urgency": 6}, False, "keep"),
    ],
)
def test_a_margin_has_to_be_kept_before_a_winner_is_shipped(hits, kept, kind):
    stay = MetricSpec(
        key="stay",
        name="Visits",
        kind="conversion",
        role="guardrail",
        event_name="v",
        margin=0.3,
    )
    goal = samples_of({"control": 20, "urgency": 60, "curiosity": 9})
    visits = samples_of({**hits, "curiosity": 1}, metric="stay")
    found = results_for(
        setup_of(ORDERS, stay), replace(goal, outcomes={**goal.outcomes, **visits.outcomes})
    )
    assert compared(found, metric=1)["margin"]["is_shown"] is kept
    assert found["verdict"]["kind"].startswith(kind)


def test_what_a_health_check_finds_stands_in_the_results_and_may_block_the_verdict():
    def examine(found):
        assert found["metrics"][0]["key"] == "orders"
        return [{"check": "log", "severity": "blocks", "sentence": "The log has holes."}]

    found = results_for(setup_of(ORDERS), samples_of(HITS), examine=examine)
    assert found["health"][0]["check"] == "log"
    assert found["verdict"]["sentence"] == "No verdict: The log has holes."


def test_people_whose_time_is_not_over_are_named_and_left_out():
    samples = replace(samples_of(HITS), mature={"orders": {("", "control"): 300}})
    found = results_for(setup_of(ORDERS), samples)
    assert found["metrics"][0]["waiting"] == 500
    assert any("500 people are left out" in reason for reason in found["verdict"]["reasons"])


def test_a_split_is_held_against_the_weights_of_its_periods():
    sizes = {"control": 700, "urgency": 200, "curiosity": 100}
    plain = samples_of(HITS, sizes=sizes)
    periods = {
        (0, "control"): 100, (0, "urgency"): 100, (0, "curiosity"): 50,
        (1, "control"): 600, (1, "urgency"): 100, (1, "curiosity"): 50,
    }  # fmt: skip
    weights = {
        0: {"control": 0.4, "urgency": 0.4, "curiosity": 0.2},
        1: {"control": 0.8, "urgency": 0.1333, "curiosity": 0.0667},
    }
    assert results_for(setup_of(ORDERS), plain)["balance"]["is_mismatch"]
    known = results_for(setup_of(ORDERS, weights=weights), replace(plain, periods=periods))
    assert not known["balance"]["is_mismatch"]
