from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import (
    ArgumentImpossible,
    Difference,
    Mean,
    adjust_family,
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    compare_means,
    hochberg,
    holm,
    holm_sidak,
    primary_weights,
    simultaneous_confidence,
)

CORRECTIONS = {
    "bonferroni": bonferroni,
    "holm": holm,
    "holm-sidak": holm_sidak,
    "simes-hochberg": hochberg,
    "fdr_bh": benjamini_hochberg,
    "fdr_by": benjamini_yekutieli,
}


# statsmodels takes a tenth of a second a call, so it is asked three times only.
@pytest.mark.parametrize(
    "p_values", [[0.01, 0.04, 0.03], [0.02, 0.02, 0.9, 0.02, 0.4], [0.6, 0.7, 1.0, 0.0]]
)
def test_agrees_with_statsmodels(p_values):
    from statsmodels.stats.multitest import multipletests

    for method, adjust in CORRECTIONS.items():
        assert adjust(p_values) == pytest.approx(multipletests(p_values, method=method)[1])


@pytest.mark.parametrize("adjust", CORRECTIONS.values())
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=40)
def test_adjustment_keeps_the_order_and_only_raises(adjust, p_values):
    adjusted = [after * (1 + 1e-12) for after in adjust(p_values)]
    assert all(p <= after <= 1 + 1e-9 for p, after in zip(p_values, adjusted, strict=True))
    ordered = [after for _, after in sorted(zip(p_values, adjusted, strict=True))]
    assert ordered == sorted(ordered)


@pytest.mark.parametrize("adjust", CORRECTIONS.values())
def test_no_comparisons_need_no_adjustment(adjust):
    assert adjust([]) == ()


def test_equal_weights_are_no_weights():
    p_values = [0.01, 0.04, 0.03, 0.2]
    assert holm(p_values, weights=[2.0] * 4) == pytest.approx(holm(p_values))


def test_a_metric_of_more_weight_passes_where_it_would_not():
    p_values, weights = [0.02, 0.03, 0.9], primary_weights(3, share=0.8)
    assert holm(p_values)[0] == pytest.approx(0.06)
    assert holm(p_values, weights=weights)[0] == pytest.approx(0.025)
    assert holm(p_values, weights=weights)[1] == pytest.approx(0.06)
    assert primary_weights(1) == (1.0,)


def family(rng, *, arms=4, alternative="two-sided"):
    control = Mean.of(rng.normal(size=60))
    return [
        compare_means(control, Mean.of(rng.normal(0.4, 1, 60)), alternative=alternative)
        for _ in range(arms)
    ]


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize(
    "correction",
    [
        "bonferroni",
        "holm",
        "holm-sidak",
        "hochberg",
        "benjamini-hochberg",
        "benjamini-yekutieli",
    ],
)
def test_an_adjusted_interval_says_what_its_p_value_says(correction, alternative):
    rng = np.random.default_rng(14)
    for _ in range(10):
        raw = family(rng, alternative=alternative)
        for before, after in zip(raw, adjust_family(raw, correction=correction), strict=True):
            assert (after.p_value < 0.05) == (after.low > 0 or after.high < 0)
            assert after.low <= before.low
            assert after.high >= before.high


def test_bonferronis_stretch_is_the_interval_of_its_level():
    rng = np.random.default_rng(15)
    control, treatment = Mean.of(rng.normal(size=50)), Mean.of(rng.normal(0.5, 1, 50))
    raw = compare_means(control, treatment)
    first, _ = adjust_family([raw, raw], correction="bonferroni")
    level = simultaneous_confidence(0.95, share=0.5)
    wide = compare_means(control, treatment, confidence=level)
    # The same where p is the level itself; elsewhere on the same side of zero.
    assert (first.low > 0) == (wide.low > 0)
    assert wide.low < raw.low


def test_an_interval_at_its_bound_stays_a_number():
    certain = Difference(
        estimate=-1.0,
        low=-1.0,
        high=-0.5,
        p_value=0.6,
        confidence=0.95,
        alternative="two-sided",
        standard_error=0.3,
        degrees_of_freedom=math.inf,
        method="fisher",
    )
    adjusted, _ = adjust_family([certain, certain], correction="bonferroni")
    assert (adjusted.p_value, adjusted.low, adjusted.high) == (1.0, -1.0, math.inf)


@pytest.mark.parametrize(
    "call",
    [
        lambda: holm([0.1, 0.2], weights=[1.0]),
        lambda: bonferroni([0.1, 0.2], weights=[1.0, 0.0]),
        lambda: primary_weights(0),
        lambda: primary_weights(2, share=1.0),
        lambda: simultaneous_confidence(0.95, share=0.0),
        lambda: adjust_family([], correction="none"),
        lambda: adjust_family([], correction="hochberg", weights=[]),
    ],
)
def test_families_that_make_no_sense_are_refused(call):
    with pytest.raises(ArgumentImpossible):
        call()


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(ArgumentImpossible):
        holm([0.5, wrong])


def test_any_false_alarm_among_four_stays_at_its_level():
    draws = np.random.default_rng(20240506).random((4000, 4))
    any_rejected = np.mean([min(holm(list(row))) <= 0.05 for row in draws])
    assert any_rejected == pytest.approx(0.05, abs=0.012)


def test_a_p_value_with_more_zeros_than_a_float_has_digits_is_adjusted_too():
    from experiments.stats import Proportion, adjust_family, compare_proportions

    control = Proportion(trials=10_000, successes=1_000)
    arms = [Proportion(trials=10_000, successes=hits) for hits in (3_000, 1_050)]
    certain, _ = adjust_family([compare_proportions(control, arm) for arm in arms])
    assert certain.p_value < 1e-100
    assert 0 < certain.low < certain.estimate
