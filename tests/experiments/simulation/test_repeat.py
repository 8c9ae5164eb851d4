from __future__ import annotations

import math

import numpy as np
import pytest

from experiments.simulation import (
    Conversion,
    Design,
    Effect,
    History,
    Normal,
    Revenue,
    Share,
    repeat,
)
from experiments.stats import ArgumentImpossible, power_of_means

NORMAL = Normal(mean=10.0, deviation=2.0)


def study(generator=NORMAL, *, repetitions=2_000, seed=3, **design):
    return repeat(
        generator,
        Design(**{"units": 400} | design),
        repetitions=repetitions,
        rng=np.random.default_rng(seed),
    )


@pytest.mark.parametrize(
    ("generator", "kind"),
    [(NORMAL, "mean"), (Conversion(rate=0.2), "proportion"), (Revenue(paying=0.3), "mean")],
    ids=["normal", "conversion", "revenue"],
)
def test_nothing_is_found_where_nothing_is_beyond_the_level(generator, kind):
    found = study(generator, kind=kind)
    assert found.rejected.value <= 0.05 + 4 * found.rejected.error
    assert found.upward.value + found.downward.value == pytest.approx(found.rejected.value)
    assert found.difference_covered.value > 0.93
    assert found.lift_covered.value > 0.92


def test_the_same_seed_gives_the_same_study():
    assert study(repetitions=50) == study(repetitions=50)


def test_power_rises_with_the_effect_and_is_the_planned_one():
    found = [study(effect=Effect(size=size)) for size in (0.0, 0.03, 0.06)]
    powers = [one.rejected.value for one in found]
    assert powers == sorted(powers)
    planned = power_of_means(0.6, deviation=2.0, units_per_arm=200)
    assert powers[-1] == pytest.approx(planned, abs=0.04)
    assert found[-1].upward.value == powers[-1]
    assert found[-1].lift_covered.value == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("effect", [Effect(size=0.5), Effect(size=-0.1, is_relative=False)])
def test_an_effect_on_a_rate_is_as_large_as_it_was_meant_to_be(effect):
    found = study(Conversion(rate=0.2), kind="proportion", units=2_000, effect=effect)
    assert found.rejected.value > 0.9
    assert found.difference_covered.value == pytest.approx(0.95, abs=0.02)
    assert found.lift_covered.value == pytest.approx(0.95, abs=0.02)


def test_absolute_and_relative_effects_of_the_same_size_are_the_same_of_a_ratio():
    rng = np.random.default_rng(5)
    below = 1.0 + rng.poisson(2, 500)
    history = History(values=below * 3 + rng.standard_normal(500), denominators=below)
    relative = study(history, kind="ratio", repetitions=300, effect=Effect(size=0.05))
    absolute = study(
        history,
        kind="ratio",
        repetitions=300,
        effect=Effect(size=0.05 * history.figure, is_relative=False),
    )
    assert relative.rejected.value == pytest.approx(absolute.rejected.value, abs=0.1)
    assert absolute.difference_covered.value == pytest.approx(0.95, abs=0.04)


def test_covariates_make_the_interval_narrower_by_what_they_explain():
    generator = Normal(mean=10.0, deviation=2.0, correlation=0.8)
    plain, adjusted = (study(generator, uses_covariates=uses) for uses in (False, True))
    assert adjusted.difference_width / plain.difference_width == pytest.approx(0.6, abs=0.02)
    assert adjusted.difference_covered.value == pytest.approx(0.95, abs=0.02)


def test_looking_often_costs_the_fixed_rule_its_level_and_the_others_not():
    found = {
        rule: study(rule=rule, looks=20, units=4_000, repetitions=1_000).rejected
        for rule in ("fixed", "anytime", "group-sequential")
    }
    assert found["fixed"].value > 0.18
    assert found["anytime"].value < 0.05
    assert found["group-sequential"].value <= 0.05 + 4 * found["group-sequential"].error


def test_a_large_effect_stops_a_watched_test_early():
    found = study(rule="anytime", looks=20, units=4_000, effect=Effect(size=0.1))
    assert found.rejected.value > 0.99
    assert found.median_units < 2_000
    assert study(repetitions=20).median_units == 400


def test_several_arms_keep_their_level_together():
    found = study(weights=(0.4, 0.2, 0.2, 0.2), units=1_000)
    assert found.any_rejected.value <= 0.05 + 4 * found.any_rejected.error
    assert found.rejected.value < found.any_rejected.value


def test_what_cannot_be_compared_is_counted_apart():
    found = study(Conversion(rate=0.004), kind="proportion", units=200)
    assert found.not_compared.value > 0.3
    assert found.without_lift.value > found.not_compared.value
    assert math.isnan(study(Conversion(rate=0.0), kind="proportion", repetitions=3).lift_width)


def test_a_history_drawn_again_has_the_histories_mean():
    history = History(values=np.array([0.0, 0.0, 1.0, 7.0]))
    assert history.draw(np.random.default_rng(1), 1, 50_000).values.mean() == pytest.approx(
        history.figure, rel=0.03
    )
    assert not history.is_binary
    assert History(values=np.array([0.0, 1.0])).is_binary


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: History(values=np.array([1.0])),
        lambda: History(values=np.array([1.0, 2.0]), covariates=(np.array([1.0]),)),
        lambda: History(values=np.array([1.0, math.nan])),
        lambda: History(values=np.ones(2), denominators=np.zeros(2)),
        lambda: Normal(deviation=0.0),
        lambda: Conversion(rate=1.5),
        lambda: Revenue(paying=2.0),
        lambda: Design(units=5, looks=3),
        lambda: Design(units=100, weights=(1.0,)),
        lambda: Design(units=100, rule="peeking"),
        lambda: Design(units=100, confidence=1.0),
        lambda: study(repetitions=0),
        lambda: study(uses_covariates=True, repetitions=1),
        lambda: study(Conversion(rate=0.6), kind="proportion", effect=Effect(size=1.0)),
    ],
)
def test_what_means_nothing_is_refused(wrong):
    with pytest.raises(ArgumentImpossible):
        wrong()


def test_a_share_of_nothing_is_not_a_number():
    assert math.isnan(Share.of(0, 0).value)
