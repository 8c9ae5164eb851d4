from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import (
    ArgumentImpossible,
    BaselineNotPositive,
    Mean,
    Proportion,
    VarianceIsZero,
    equivalent,
    not_worse,
)

means = st.builds(
    Mean, units=st.integers(5, 5_000), mean=st.floats(1, 50), centred_squares=st.floats(1, 1e5)
)


@pytest.mark.parametrize("margin", [0.01, 0.02])
def test_equivalence_agrees_with_statsmodels(margin):
    from statsmodels.stats.proportion import tost_proportions_2indep

    ours = equivalent(
        Proportion(trials=3_000, successes=300),
        Proportion(trials=2_500, successes=260),
        margin=margin,
    )
    theirs = tost_proportions_2indep(260, 2_500, 300, 3_000, -margin, margin, method="wald")
    assert ours.p_value == pytest.approx(float(theirs.pvalue))


@given(means, means, st.floats(0.01, 5), st.floats(0.6, 0.99))
@settings(max_examples=60)
def test_an_absolute_margin_is_held_when_the_interval_stays_inside(
    control, treatment, margin, confidence
):
    options = {"margin": margin, "confidence": confidence}
    loss = not_worse(control, treatment, **options)
    assert loss.is_shown == (loss.low > -margin)
    rise = not_worse(control, treatment, is_lower_better=True, **options)
    assert rise.is_shown == (rise.high < margin)
    same = equivalent(control, treatment, **options)
    assert same.is_shown == (same.low > -margin and same.high < margin)
    assert same.p_value == max(loss.p_value, rise.p_value)


def test_only_the_side_of_the_loss_is_closed():
    arms = Mean.of([1.0, 2.0, 3.0]), Mean.of([1.0, 2.0, 4.0])
    assert math.isinf(not_worse(*arms, margin=1.0).high)
    assert math.isinf(not_worse(*arms, margin=1.0, is_lower_better=True).low)


def test_a_relative_margin_is_told_in_the_unit_of_the_metric():
    arms = Mean.of([9.0, 10.0, 11.0]), Mean.of([9.0, 10.0, 12.0])
    assert not_worse(*arms, margin=0.05, is_relative=True).margin == pytest.approx(0.5)


@pytest.mark.parametrize("is_relative", [True, False])
def test_a_loss_of_just_the_margin_is_called_harmless_at_the_level(is_relative):
    rng = np.random.default_rng(20240609)
    control, treatment = rng.normal(10, 3, (4_000, 200)), rng.normal(9, 3, (4_000, 200))
    shown = [
        not_worse(
            Mean.of(a), Mean.of(b), margin=0.1 if is_relative else 1.0, is_relative=is_relative
        ).is_shown
        for a, b in zip(control, treatment, strict=True)
    ]
    assert np.mean(shown) == pytest.approx(0.05, abs=0.012)


@pytest.mark.parametrize("test", [not_worse, equivalent])
def test_margins_without_meaning_are_refused(test):
    some, none = Mean.of([1.0, 2.0]), Mean.of([-1.0, 0.5])
    with pytest.raises(ArgumentImpossible):
        test(some, some, margin=0.0)
    with pytest.raises(BaselineNotPositive):
        test(none, some, margin=0.1, is_relative=True)
    with pytest.raises(VarianceIsZero):
        test(Mean.of([1.0, 1.0]), Mean.of([2.0, 2.0]), margin=0.1)
