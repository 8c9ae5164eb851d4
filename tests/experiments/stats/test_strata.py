from __future__ import annotations

import numpy as np
import pytest

from experiments.stats import (
    Measure,
    Moments,
    SampleImpossible,
    TooFewUnits,
    VarianceIsZero,
    compare_means,
    post_stratify,
)

MEAN = Measure(numerator=0)


def one_test(rng, units=200):
    segment = rng.integers(0, 4, 2 * units)
    value = 3.0 * segment + rng.normal(size=2 * units)
    treated = rng.random(2 * units) < 0.5
    return [
        tuple(Moments.of(value[(segment == k) & (treated == arm), None]) for arm in (False, True))
        for k in range(4)
    ]


def test_its_error_is_the_spread_of_its_estimate_and_far_below_the_plain_one():
    rng = np.random.default_rng(20240605)
    found = [post_stratify(one_test(rng), outcome=MEAN).difference() for _ in range(1_500)]
    errors = np.array([each.standard_error for each in found])
    assert errors.mean() == pytest.approx(np.std([each.estimate for each in found]), rel=0.07)
    assert np.mean([each.p_value < 0.05 for each in found]) == pytest.approx(0.05, abs=0.018)
    segments = one_test(rng)
    plain = compare_means(
        *(sum(arms[1:], arms[0]).sample(MEAN) for arms in zip(*segments, strict=True))
    )
    assert errors.mean() < plain.standard_error / 2


def test_a_single_segment_is_the_plain_difference():
    rng = np.random.default_rng(13)
    arms = [Moments.of(rng.lognormal(size=(50, 1))) for _ in range(2)]
    ours = post_stratify([tuple(arms)], outcome=MEAN).difference()
    plain = compare_means(*(arm.sample(MEAN) for arm in arms))
    assert (ours.estimate, ours.standard_error) == pytest.approx(
        (plain.estimate, plain.standard_error)
    )


@pytest.mark.parametrize("alternative", ["greater", "less"])
def test_one_side_leaves_the_other_open(alternative):
    result = post_stratify(one_test(np.random.default_rng(1)), outcome=MEAN)
    side = result.difference(alternative=alternative)
    assert np.isinf(side.high if alternative == "greater" else side.low)


def test_what_cannot_be_weighed_is_refused():
    some, wide = Moments.of([[1.0], [2.0]]), Moments.of([[1.0, 2.0], [2.0, 3.0]])
    with pytest.raises(TooFewUnits):
        post_stratify([], outcome=MEAN)
    with pytest.raises(TooFewUnits):
        post_stratify([(some, Moments.of([[1.0]]))], outcome=MEAN)
    with pytest.raises(SampleImpossible):
        post_stratify([(some, some), (wide, wide)], outcome=MEAN)


def test_no_spread_is_an_error():
    flat = Moments.of([[1.0], [1.0]])
    with pytest.raises(VarianceIsZero):
        post_stratify([(flat, flat)], outcome=MEAN).difference()
