"""The block-wise twins give what the scalar functions of `experiments.stats` give."""

from __future__ import annotations

import math

import numpy as np
import pytest

from experiments import stats
from experiments.simulation import Columns, Design, Revenue, compare
from experiments.simulation.contrasts import (
    lift_ends,
    newcombe_ends,
    p_values,
    quantiles,
)
from experiments.simulation.moments import BlockMoments
from experiments.stats import Mean, Measure, Moments, Proportion

CASES = 200
SIZES = (37, 61)
near = pytest.approx


def agrees(found, expected):
    assert found == near(expected, rel=1e-12, abs=1e-12)


def table(columns, repetition):
    return np.stack([block[repetition] for block in columns.stacked()], axis=1)


@pytest.fixture
def rng():
    return np.random.default_rng(20_260_101)


def skewed(rng, units):
    """Revenue with a denominator and two covariates that know something of it."""
    values = Revenue(paying=0.6).draw(rng, CASES, units).values
    noise = rng.standard_normal((2, CASES, units))
    below = 1 + rng.poisson(2, (CASES, units)).astype(float)
    return Columns(values=values, denominators=below, covariates=(values + noise[0], noise[1]))


def test_means_agree(rng):
    arms = [Revenue(paying=0.4).draw(rng, CASES, size) for size in SIZES]
    contrast = compare(*map(BlockMoments.of, arms), Design(units=98))
    half = quantiles(0.9, contrast.degrees) * contrast.error
    lows, highs = lift_ends(contrast, quantiles(0.9, contrast.ratio_degrees))
    p = p_values(contrast)
    for case in range(CASES):
        samples = [Mean.of(arm.values[case]) for arm in arms]
        difference = stats.compare_means(*samples, confidence=0.9)
        lift = stats.relative_mean_lift(*samples, confidence=0.9)
        agrees(p[case], difference.p_value)
        agrees(contrast.estimate[case] - half[case], difference.low)
        agrees([lows[case], highs[case]], [lift.low, lift.high])


def test_ratios_and_covariates_agree(rng):
    arms = [skewed(rng, size) for size in SIZES]
    blocks = [BlockMoments.of(arm) for arm in arms]
    design = Design(units=98, kind="ratio", uses_covariates=True)
    plain = compare(*blocks, Design(units=98, kind="ratio"))
    contrast = compare(*blocks, design)
    outcome, covariates = Measure(numerator=0, denominator=1), [Measure(numerator=2)]
    covariates.append(Measure(numerator=3))
    for case in range(CASES):
        moments = [Moments.of(table(arm, case)) for arm in arms]
        raw = stats.compare_means(*(one.sample(outcome) for one in moments))
        agrees(p_values(plain)[case], raw.p_value)
        adjusted = stats.adjust_for_covariates(*moments, outcome=outcome, covariates=covariates)
        difference = stats.compare_means(adjusted.control, adjusted.treatment)
        agrees(contrast.estimate[case], difference.estimate)
        agrees(contrast.error[case], difference.standard_error)


def proportions(rng, sizes, rates):
    draws = [
        (rng.random((CASES, size)) < rate).astype(float)
        for size, rate in zip(sizes, rates, strict=True)
    ]
    design = Design(units=sum(sizes), kind="proportion")
    samples = [
        [Proportion(trials=size, successes=int(did)) for did in draw.sum(axis=1)]
        for size, draw in zip(sizes, draws, strict=True)
    ]
    blocks = [BlockMoments.of(Columns(values=draw)) for draw in draws]
    return compare(*blocks, design), list(zip(*samples, strict=True))


@pytest.mark.parametrize(
    ("sizes", "rates", "exact"),
    [((40, 60), (0.06, 0.11), "barnard"), ((150, 200), (0.03, 0.05), "fisher")],
)
def test_proportions_agree_small_counts_included(rng, sizes, rates, exact):
    contrast, pairs = proportions(rng, sizes, rates)
    p, ends = p_values(contrast), newcombe_ends(contrast, 0.95)
    lifts, methods = lift_ends(contrast, quantiles(0.95, contrast.ratio_degrees)), set()
    for case, pair in enumerate(pairs):
        if not pair[0].successes + pair[1].successes:
            assert math.isnan(p[case])
            continue
        difference = stats.compare_proportions(*pair)
        methods.add(difference.method)
        agrees(p[case], difference.p_value)
        agrees([ends[0][case], ends[1][case]], [difference.low, difference.high])
        if pair[0].successes and pair[1].successes:
            lift = stats.relative_lift(*pair)
            agrees([lifts[0][case], lifts[1][case]], [lift.low, lift.high])
        else:
            assert math.isnan(lifts[0][case])
    assert methods == {"score", exact}


def test_looking_early_agrees(rng):
    contrast, pairs = proportions(rng, (300, 300), (0.3, 0.4))
    boundary = Design(units=600, kind="proportion", rule="anytime").boundaries()[0]
    rejects, half = boundary.rejects(contrast), boundary.multipliers(contrast.degrees)
    for case, pair in enumerate(pairs):
        seen = stats.watch(stats.compare_proportions(*pair), units=600)
        assert rejects[case] == (seen.p_value < 0.05)
        agrees(contrast.estimate[case] - half * contrast.error[case], seen.low)


def test_moments_of_parts_add_up_to_those_of_the_whole(rng):
    whole = skewed(rng, 50)
    cut = [
        Columns(
            values=whole.values[:, part],
            denominators=whole.denominators[:, part],
            covariates=tuple(one[:, part] for one in whole.covariates),
        )
        for part in (slice(None, 20), slice(20, None))
    ]
    merged, expected = BlockMoments.of(cut[0]) + BlockMoments.of(cut[1]), BlockMoments.of(whole)
    assert merged.units == 50
    assert merged.products == near(expected.products, rel=1e-10)


def test_what_the_scalar_functions_refuse_is_not_a_number():
    zeros, ones = (BlockMoments.of(Columns(values=np.full((1, 9), value))) for value in (0.0, 1.0))
    contrast = compare(zeros, ones, Design(units=18))
    assert np.isnan(contrast.error).all()
    assert np.isnan(contrast.ratio).all()
    below = BlockMoments.of(Columns(values=np.ones((1, 3)), denominators=-np.ones((1, 3))))
    assert np.isnan(compare(below, below, Design(units=6, kind="ratio")).estimate).all()
    with pytest.raises(stats.ArgumentImpossible, match="Newcombe"):
        newcombe_ends(contrast, 0.95)
