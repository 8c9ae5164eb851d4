from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import ArgumentImpossible, holm


# statsmodels takes a tenth of a second a call, so it is asked three times only.
@pytest.mark.parametrize(
    "p_values", [[0.01, 0.04, 0.03], [0.02, 0.02, 0.9, 0.02, 0.4], [0.6, 0.7, 1.0, 0.0]]
)
def test_agrees_with_statsmodels(p_values):
    from statsmodels.stats.multitest import multipletests

    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=80)
def test_adjustment_keeps_the_order_and_only_raises(p_values):
    adjusted = holm(p_values)
    assert all(p <= after <= 1 for p, after in zip(p_values, adjusted, strict=True))
    ordered = [after for _, after in sorted(zip(p_values, adjusted, strict=True))]
    assert ordered == sorted(ordered)


def test_no_comparisons_need_no_adjustment():
    assert holm([]) == ()


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(ArgumentImpossible):
        holm([0.5, wrong])


def test_any_false_alarm_among_four_stays_at_its_level():
    draws = np.random.default_rng(20240506).random((4000, 4))
    any_rejected = np.mean([min(holm(list(row))) <= 0.05 for row in draws])
    assert any_rejected == pytest.approx(0.05, abs=0.012)
