"""The roll-up's results against those of a full pass over the log, by another definition."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from experiments.models import Experiment, Look
from experiments.services import (
    analysis_refresh,
    experiment_reweigh,
    results_recompute,
    roll_up_refresh,
)
from tests.experiments.services.test_rollups import METRICS, live_through
from tests.experiments.warehouse.leaves import numbers, texts
from tests.factories.experiments import (
    LATER,
    ORDERS,
    REVENUE,
    STARTED_AT,
    expose,
    order,
    orders,
    running,
)


def crowd(experiment, *, seed, units=80, events=500):
    """Enough people who do enough for every figure to be there."""
    chance = random.Random(seed)
    for number in range(units):
        expose(
            experiment,
            chance.choice(["control", "urgency"]),
            f"crowd-{number}",
            stratum=chance.choice(["", "loyal"]),
            at=STARTED_AT + timedelta(hours=chance.randrange(60)),
        )
    for _ in range(events):
        order(
            f"crowd-{chance.randrange(units)}",
            str(Decimal(chance.randrange(1, 10**7)) / 10**4),
            at=STARTED_AT + timedelta(hours=chance.randrange(-60, 160)),
            name=chance.choice(["Order Completed", "Viewed"]),
        )


def assert_same(found, kept):
    assert texts(found) == texts(kept)
    assert numbers(found) == pytest.approx(numbers(kept), rel=1e-9, abs=1e-12)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_a_full_recomputation_gives_the_results_of_the_roll_up(seed):
    still_open = replace(REVENUE, key="late", window_hours=200, role="guardrail", margin=0.2)
    middle = replace(REVENUE, key="middle", kind="quantile", quantile=0.7, window_hours=200)
    experiment = running(metrics=[*METRICS, middle, still_open])
    live_through(experiment, seed=seed)
    crowd(experiment, seed=seed)
    kept = analysis_refresh(experiment, now=LATER).results
    assert kept["metrics"][-1]["waiting"]
    assert len(numbers(kept["metrics"])) > 300
    assert_same(results_recompute(experiment, now=LATER).results, kept)


@pytest.mark.django_db
def test_a_bandits_periods_are_recomputed_too():
    experiment = running(metrics=[ORDERS, REVENUE], traffic="thompson")
    crowd(experiment, seed=1)
    experiment_reweigh(
        experiment,
        weights={"control": 0.3, "urgency": 0.7},
        reason="the better arm",
        now=STARTED_AT + timedelta(days=1),
        actor=None,
    )
    experiment.exposures.filter(assigned_at__gt=STARTED_AT + timedelta(days=1)).update(period=1)
    kept = analysis_refresh(experiment, now=LATER).results
    assert_same(results_recompute(experiment, now=LATER).results, kept)
    reweighed = kept["metrics"][1]["overall"]["arms"]["control"]
    assert reweighed["mean"] != pytest.approx(float(reweighed["total"]) / reweighed["units"])


@pytest.mark.django_db
def test_a_recomputation_needs_no_roll_up_and_writes_nothing():
    experiment = running(
        metrics=[ORDERS],
        looks=Experiment.Looks.GROUP_SEQUENTIAL,
        planned_units=40,
    )
    expose(experiment, "control", *(f"c{number}" for number in range(10)))
    expose(experiment, "urgency", *(f"u{number}" for number in range(10)))
    orders("c1", "c2", "u1", "u2", "u3", at=STARTED_AT)
    found = results_recompute(experiment, now=LATER).results
    assert (found["looks"]["is_look"], found["looks"]["information"]) == (True, 0.5)
    assert not Look.objects.exists()
    kept = analysis_refresh(experiment, now=LATER).results
    assert Look.objects.count() == 1
    assert numbers(found["metrics"]) == pytest.approx(numbers(kept["metrics"]), rel=1e-9)


@pytest.mark.django_db
def test_what_comes_after_the_moment_stays_out():
    experiment = running(metrics=[ORDERS])
    expose(experiment, "control", "early", at=STARTED_AT)
    expose(experiment, "urgency", "late", at=LATER)
    roll_up_refresh(experiment, now=LATER)
    found = results_recompute(experiment, now=STARTED_AT + timedelta(days=1))
    assert [arm["units"] for arm in found.results["arms"]] == [1, 0]
