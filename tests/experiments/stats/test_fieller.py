from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import (
    BaselineNotPositive,
    RatioTooUncertain,
    VarianceIsZero,
    fieller_lift,
    log_ratio_lift,
)


@given(st.floats(5, 100), st.floats(-100, 100), st.floats(0.01, 1), st.floats(0.01, 1))
@settings(max_examples=80)
def test_at_its_ends_the_contrast_is_just_significant(control, treatment, first, second):
    lift = fieller_lift(control, treatment, control_variance=first, treatment_variance=second)
    for end in (lift.low, lift.high):
        contrast = treatment - (1 + end) * control
        assert abs(contrast) / math.sqrt(second + (1 + end) ** 2 * first) == pytest.approx(
            1.959964, rel=1e-5
        )


def test_with_little_noise_it_is_the_interval_of_the_log_ratio():
    arms = {"control_variance": 1e-8, "treatment_variance": 1e-8}
    ours, other = fieller_lift(2.0, 3.0, **arms), log_ratio_lift(2.0, 3.0, **arms)
    assert (ours.low, ours.high) == pytest.approx((other.low, other.high), rel=1e-6)


@pytest.mark.parametrize(("alternative", "end"), [("greater", "high"), ("less", "low")])
def test_one_side_leaves_the_other_open(alternative, end):
    lift = fieller_lift(
        5.0, 5.2, control_variance=0.01, treatment_variance=0.01, alternative=alternative
    )
    assert math.isinf(getattr(lift, end))


def test_it_covers_a_lift_over_a_noisy_control():
    rng = np.random.default_rng(20240608)
    held = [
        lift.low <= 0.2 <= lift.high
        for control, treatment in rng.normal([4.5, 5.4], 1.0, (4_000, 2)).clip(2.0)
        for lift in [fieller_lift(control, treatment, control_variance=1, treatment_variance=1)]
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.012)


def test_a_control_that_may_be_zero_has_no_interval():
    with pytest.raises(RatioTooUncertain):
        fieller_lift(1.9, 3.0, control_variance=1.0, treatment_variance=1.0)
    with pytest.raises(BaselineNotPositive):
        fieller_lift(0.0, 3.0, control_variance=1.0, treatment_variance=1.0)


def test_no_spread_has_no_interval():
    with pytest.raises(VarianceIsZero):
        fieller_lift(2.0, 3.0, control_variance=0.0, treatment_variance=0.0)
