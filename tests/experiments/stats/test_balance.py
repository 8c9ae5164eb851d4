from __future__ import annotations

from math import comb

import numpy as np
import pytest
from scipy import stats as scipy_stats

from experiments import stats
from experiments.stats import ArgumentImpossible, TooFewUnits, check_sample_ratio


def test_large_samples_get_scipys_chi_square():
    ours = check_sample_ratio([5200, 2600, 2400], [0.5, 0.25, 0.25])
    theirs = scipy_stats.chisquare([5200, 2600, 2400], [5100, 2550, 2550])
    assert (ours.method, ours.p_value) == ("chi-square", pytest.approx(theirs.pvalue))
    assert ours.expected == (5100, 2550, 2550)


@pytest.mark.parametrize(("first", "second", "share"), [(40, 60, 0.5), (7, 2, 0.9), (0, 9, 0.5)])
def test_two_small_arms_get_the_exact_binomial(first, second, share):
    ours = check_sample_ratio([first, second], [share, 1 - share])
    theirs = scipy_stats.binomtest(first, first + second, share)
    assert (ours.method, ours.p_value) == ("exact", pytest.approx(theirs.pvalue))


def test_three_small_arms_get_the_exact_multinomial():
    # 3^4 equally likely orders; [4, 0, 0] and its two mirrors are the least likely outcomes.
    found = check_sample_ratio([4, 0, 0], [1, 1, 1])
    assert (found.method, found.p_value) == ("exact", pytest.approx(3 / 81))


def test_the_exact_outcomes_are_all_there():
    # Every outcome is at most as likely as the commonest, so all probabilities are summed.
    assert check_sample_ratio([5, 5, 5], [1, 1, 1]).p_value == pytest.approx(1)


def test_many_arms_with_many_outcomes_get_the_chi_square():
    assert comb(300 + 4, 4) > 20_000
    assert check_sample_ratio([60] * 5, [1] * 5).method == "chi-square"


def test_an_arm_of_weight_zero_costs_no_degree_of_freedom():
    without = check_sample_ratio([5200, 4800], [0.5, 0.5])
    beside = check_sample_ratio([5200, 0, 4800], [0.5, 0.0, 0.5])
    assert beside.p_value == without.p_value
    assert beside.expected == (5000, 0, 5000)


def test_a_unit_where_none_can_be_is_a_mismatch_for_certain():
    found = check_sample_ratio([500, 1, 500], [0.5, 0.0, 0.5])
    assert (found.p_value, found.is_mismatch) == (0.0, True)


@pytest.mark.parametrize("method", ["chi-square", "exact"])
def test_with_one_live_arm_there_is_nothing_to_be_odd(method):
    assert check_sample_ratio([70, 0], [1.0, 0.0], method=method).p_value == pytest.approx(1)


def test_weights_need_not_add_up_to_one():
    halves = check_sample_ratio([5200, 4800], [0.5, 0.5])
    assert check_sample_ratio([5200, 4800], [3, 3]).p_value == pytest.approx(halves.p_value)


def test_the_threshold_decides_what_a_mismatch_is():
    assert not check_sample_ratio([5200, 4900], [1, 1]).is_mismatch
    assert check_sample_ratio([5200, 4900], [1, 1], threshold=0.01).is_mismatch


@pytest.mark.parametrize(
    ("observed", "weights"),
    [([1, 2], [1.0]), ([5], [1.0]), ([-1, 5], [1, 1]), ([1, 5], [-1, 1]), ([1, 5], [0, 0])],
)
def test_lists_that_make_no_sense_are_refused(observed, weights):
    with pytest.raises(ArgumentImpossible):
        check_sample_ratio(observed, weights)


def test_an_unknown_method_is_refused():
    with pytest.raises(ArgumentImpossible, match="method"):
        check_sample_ratio([1, 2], [1, 1], method="g")


def test_without_units_there_is_nothing_to_check():
    with pytest.raises(TooFewUnits):
        check_sample_ratio([0, 0], [1, 1])


@pytest.mark.parametrize("size", [150, 4000])
def test_a_fair_split_is_called_odd_no_more_often_than_it_should(size):
    counts = np.random.default_rng(20240507).multinomial(size, [0.5, 0.5], size=3000)
    p_values = [check_sample_ratio(row.tolist(), [1, 1]).p_value for row in counts]
    assert np.mean(np.array(p_values) < 0.05) <= 0.05 + 0.012


def test_the_corrected_test_takes_half_a_unit_off():
    # tea-tasting's z: (|23 of 4,000| - 0.5) / sqrt(4,000 / 4).
    found = check_sample_ratio([2023, 1977], [1, 1], method="corrected")
    assert found.p_value == pytest.approx(2 * scipy_stats.norm.sf(22.5 / 1000**0.5))
    assert check_sample_ratio([5, 5], [1, 1], method="corrected").p_value == 1.0
    with pytest.raises(ArgumentImpossible):
        check_sample_ratio([5, 5, 5], [1, 1, 1], method="corrected")


def test_the_watched_p_is_the_dirichlet_multinomial_of_scipy():
    counts, weights = [60, 30, 10], [0.5, 0.3, 0.2]
    mixed = scipy_stats.dirichlet_multinomial.logpmf(counts, 100 * np.array(weights), 100)
    plain = scipy_stats.multinomial.logpmf(counts, 100, weights)
    found = stats.watch_sample_ratio(counts, weights)
    assert found.p_value == pytest.approx(min(1.0, np.exp(plain - mixed)))
    assert found.expected == (50.0, 30.0, 20.0)


def test_a_fair_split_watched_at_every_unit_is_seldom_called_odd():
    rng = np.random.default_rng(7)

    def is_ever_odd():
        heads = np.cumsum(rng.random(800) < 0.5)
        looks = ([int(heads[n - 1]), n - int(heads[n - 1])] for n in range(1, 801, 5))
        return any(stats.watch_sample_ratio(look, [1, 1]).p_value <= 0.05 for look in looks)

    assert np.mean([is_ever_odd() for _ in range(300)]) <= 0.05


def test_a_unit_where_none_can_be_is_a_mismatch_at_every_look():
    assert stats.watch_sample_ratio([9, 9, 1], [1, 1, 0]).is_mismatch
    assert stats.watch_sample_ratio([9, 9, 0], [1, 1, 0]).p_value == 1.0
    with pytest.raises(ArgumentImpossible):
        stats.watch_sample_ratio([1, 2], [1, 1], prior_units=0)
