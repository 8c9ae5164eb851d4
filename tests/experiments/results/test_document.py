from __future__ import annotations

from fractions import Fraction

import pytest

from experiments import stats
from experiments.outcomes import Outcome, Samples
from experiments.plans import ArmPlan, MetricSpec
from experiments.results import Setup, results_for

ARMS = (
    ArmPlan(id=1, key="control", name="Control", weight=0.5, is_control=True),
    ArmPlan(id=2, key="urgency", name="Urgency", weight=0.25, is_control=False),
    ArmPlan(id=3, key="curiosity", name="Curiosity", weight=0.25, is_control=False),
)
ORDERS = MetricSpec(key="orders", name="Orders", kind="conversion", role="goal", event_name="o")
REVENUE = MetricSpec(key="revenue", name="Revenue", kind="sum", event_name="o")
SIZES = {"control": 400, "urgency": 200, "curiosity": 200}


def setup_of(*metrics, days=7.0):
    return Setup(arms=ARMS, metrics=metrics, confidence=0.95, minimums=stats.Minimums(), days=days)


def samples_of(hits, *, metric="orders", strata=("",), sizes=SIZES):
    return Samples(
        units={(stratum, arm): size for stratum in strata for arm, size in sizes.items()},
        outcomes={
            (metric, stratum, arm): Outcome(
                units=sizes[arm],
                converters=count,
                times=count,
                times_squares=count,
                total=Fraction(10 * count),
                total_squares=Fraction(100 * count),
            )
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
    found = results_for(setup_of(ORDERS, REVENUE), samples_of(hits, metric="revenue"))
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
