"""A report in words: made of a small results document, so that every line can be asked for."""

from __future__ import annotations

import io
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from rich.console import Console

from experiments import stats
from experiments.outcomes import Measured, Samples
from experiments.plans import ArmPlan, MetricSpec
from experiments.report_text import Heading, print_results
from experiments.results import LookRule, Setup, results_for

METRIC = MetricSpec(key="spend", name="Spend [€]", kind="sum", event_name="o", role="goal")
ARMS = tuple(
    ArmPlan(id=place, key=key, weight=1.0, is_control=not place, name=name)
    for place, (key, name) in enumerate({"base": "Plain", "b": "Warm", "c": "Short"}.items())
)


def results(metric=METRIC, *, rule=None, size=400, strata=("loyal", ""), **options):
    setup = Setup(
        arms=ARMS,
        metrics=(metric,),
        rule=rule or LookRule(),
        minimums=stats.Minimums(),
        days=9,
        **options,
    )
    outcomes = {
        ("spend", stratum, arm.key): Measured(
            joint=stats.Moments(units=size, means=(10.0 + place,), products=((9.0 * size,),)),
            total=Fraction(size * (10 + place)),
        )
        for stratum in strata
        for place, arm in enumerate(ARMS)
    }
    units = {(stratum, arm): size for _, stratum, arm in outcomes}
    return results_for(setup, Samples(units=units, outcomes=outcomes))


def printed(document, metric=METRIC, **heading):
    text = io.StringIO()
    own = {"name": "Welcome", "until": None, "metrics": [metric]} | heading
    print_results(document, Heading(**own), Console(file=text, width=200))
    return text.getvalue()


def test_the_verdict_is_the_second_line_and_its_reasons_follow():
    lines = printed(results(), until=datetime(2025, 3, 13, 9, tzinfo=UTC)).splitlines()
    assert lines[0] == "Welcome, until 2025-03-13 09:00 UTC"
    assert lines[1].startswith("Verdict: SHIP. Ship Short")
    assert lines[2].startswith("  · ")


def test_every_arm_is_a_row_with_its_segments_below():
    lines = printed(results()).splitlines()
    control, warm, short = (
        next(line for line in lines if name in line and "800" in line and "│" in line)
        for name in ("Plain (the control)", "Warm", "Short")
    )
    assert "10.0000" in control
    assert "+1.0000" in warm
    assert "+10.00%" in warm
    assert "< 0.0001" in short
    assert sum("loyal" in line for line in lines) == 1
    assert sum("no segment" in line for line in lines) == 1


def test_a_broken_split_is_said_before_any_figure():
    document = results()
    document["balance"] |= {"is_mismatch": True, "p_value": 1e-9}
    assert "p = < 0.0001)  NOT AS DECLARED: do not trust any figure below" in printed(document)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (LookRule(), "Looked at: once, at the planned sample"),
        (LookRule(rule="anytime"), "Looked at: at any time, and the intervals and p-values hold"),
        (
            LookRule(rule="group_sequential", information=0.5, is_look=False, next_look=4_000),
            "Looked at: as planned; this is not one of the looks; next at 4,000 units",
        ),
    ],
)
def test_the_rule_of_looking_is_said(rule, says):
    assert says in printed(results(rule=rule))


def test_what_the_arms_are_to_each_other_is_said_below_the_table():
    text = printed(results())
    assert "Does the effect differ by segment? Warm p = 1.0000, Short p = 1.0000" in text
    assert "Chance to be the best of all arms: Warm 0.0%, Short 100.0%" in text
    assert "Lifts without the luck of the best (pulled to the mean): Warm +" in text


@pytest.mark.parametrize(
    ("is_relative", "says"),
    [(True, "Warm: a loss of 5.0% is ruled out"), (False, "Warm: a loss of 0.05 is ruled out")],
)
def test_the_margin_of_a_guardrail_is_said_as_it_was_declared(is_relative, says):
    metric = replace(METRIC, role="guardrail", margin=0.05, is_margin_relative=is_relative)
    assert says in printed(results(metric), metric)


def test_health_notes_and_the_plan_stand_above_the_tables():
    document = results()
    document["health"] = [{"severity": "warning", "sentence": "Bots are about."}]
    document["progress"]["planned_units"] = 9_000
    head = printed(document, notes=["Left out: c 3"]).split("Spend [€] (")[0]
    assert "Health (warning): Bots are about." in head
    assert "Left out: c 3" in head
    assert "Planned: 2,400 of 9,000 units are there" in head


def test_a_reason_is_given_once_for_all_places_it_holds_in():
    document = deepcopy(results())
    overall = document["metrics"][0]["overall"]["comparisons"]
    overall["b"] |= {"lift": None, "error": "no lift"}
    overall["c"] |= {"error": "no lift"}
    assert "Warm (everyone), Short (everyone): no lift" in printed(document)


def test_a_metrics_kind_cap_and_direction_are_its_title():
    metric = replace(METRIC, kind="quantile", quantile=0.9, is_lower_better=True)
    assert "Spend [€] (quantile 0.9, less is better; goal)" in printed(results(metric), metric)
