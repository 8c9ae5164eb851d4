from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import ArgumentImpossible, holm


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=80, deadline=None)
def test_agrees_with_statsmodels(p_values):
    from statsmodels.stats.multitest import multipletests

    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


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
