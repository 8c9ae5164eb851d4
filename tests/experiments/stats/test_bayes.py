from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy import stats as scipy_stats
from scipy.special import beta as beta_function
from scipy.special import betaln

from experiments import stats
from experiments.stats import (
    ArgumentImpossible,
    BetaPosterior,
    Mean,
    NormalPosterior,
    Proportion,
    TooFewUnits,
    VarianceIsZero,
    compare_posteriors,
    mean_posterior,
    proportion_posterior,
    unit_information_prior,
)

betas = st.builds(BetaPosterior, alpha=st.integers(1, 500), beta=st.integers(1, 5000))
normals = st.builds(NormalPosterior, mean=st.floats(-50, 50), deviation=st.floats(0.01, 20))
arms = st.lists(betas, min_size=2, max_size=5) | st.lists(normals, min_size=2, max_size=5)


def millers_closed_form(control: BetaPosterior, treatment: BetaPosterior) -> float:
    """P(treatment > control), Evan Miller's "Formulas for Bayesian A/B testing", equation 6."""
    steps = np.arange(int(treatment.alpha))
    return float(
        np.exp(
            betaln(control.alpha + steps, treatment.beta + control.beta)
            - np.log(treatment.beta + steps)
            - betaln(1 + steps, treatment.beta)
            - betaln(control.alpha, control.beta)
        ).sum()
    )


@given(betas, betas)
@settings(max_examples=60, deadline=None)
def test_the_chance_to_beat_control_is_millers_closed_form(control, treatment):
    belief = compare_posteriors([control, treatment])[1]
    assert belief.beats_control == pytest.approx(millers_closed_form(control, treatment), abs=1e-9)


@given(normals, normals)
@settings(max_examples=60, deadline=None)
def test_two_normals_have_a_closed_form(control, treatment):
    belief = compare_posteriors([control, treatment])[1]
    spread = np.hypot(control.deviation, treatment.deviation)
    score = (treatment.mean - control.mean) / spread
    loss = spread * (scipy_stats.norm.pdf(score) - score * scipy_stats.norm.sf(score))
    assert belief.beats_control == pytest.approx(scipy_stats.norm.cdf(score), abs=1e-10)
    assert belief.expected_loss == pytest.approx(loss, rel=1e-8, abs=1e-10)


def test_the_loss_of_a_rate_is_the_double_integral():
    control, treatment = BetaPosterior(alpha=4, beta=9), BetaPosterior(alpha=7, beta=8)

    def regret(x, y):
        density = x**3 * (1 - x) ** 8 / beta_function(4, 9)
        return max(x - y, 0) * density * y**6 * (1 - y) ** 7 / beta_function(7, 8)

    expected, _ = integrate.dblquad(regret, 0, 1, 0, 1, epsabs=1e-9)
    found = compare_posteriors([control, treatment])[1].expected_loss
    assert found == pytest.approx(expected, rel=1e-5)


@given(arms)
@settings(max_examples=60, deadline=None)
def test_the_chances_to_be_best_add_up_to_one(posteriors):
    beliefs = compare_posteriors(posteriors)
    assert sum(belief.is_best for belief in beliefs) == pytest.approx(1, abs=1e-8)
    assert all(belief.expected_loss >= -1e-12 for belief in beliefs)


@given(arms)
@settings(max_examples=40, deadline=None)
def test_two_chances_against_each_other_add_up_to_one(posteriors):
    forth = compare_posteriors(posteriors[:2], control=0)[1].beats_control
    back = compare_posteriors(posteriors[:2], control=1)[0].beats_control
    assert forth + back == pytest.approx(1, abs=1e-9)


@given(arms)
@settings(max_examples=40, deadline=None)
def test_lower_is_better_mirrors_the_pair(posteriors):
    pair = posteriors[:2]
    higher = compare_posteriors(pair)[1]
    lower = compare_posteriors(pair, is_lower_better=True)[1]
    assert lower.beats_control == pytest.approx(1 - higher.beats_control, abs=1e-9)


def test_the_best_of_four_is_the_one_that_wins_most_draws():
    posteriors = [BetaPosterior(alpha=a, beta=200 - a) for a in (21, 29, 26, 11)]
    rng = np.random.default_rng(9)
    draws = np.stack([rng.beta(arm.alpha, arm.beta, 200_000) for arm in posteriors])
    wins = np.bincount(draws.argmax(axis=0), minlength=4) / 200_000
    beliefs = compare_posteriors(posteriors)
    assert [belief.is_best for belief in beliefs] == pytest.approx(wins, abs=0.004)
    regret = draws.max(axis=0).mean() - draws.mean(axis=1)
    assert [belief.expected_loss for belief in beliefs] == pytest.approx(regret, abs=2e-4)


def test_control_neither_beats_nor_loses_to_itself():
    pair = [BetaPosterior(alpha=2, beta=3), BetaPosterior(alpha=4, beta=3)]
    assert compare_posteriors(pair, control=1)[1].beats_control == 0.5


def test_one_arm_cannot_be_compared():
    with pytest.raises(TooFewUnits):
        compare_posteriors([BetaPosterior(alpha=2, beta=3)])


@pytest.mark.parametrize(("alpha", "beta"), [(0.5, 1), (1, 0)])
def test_a_beta_below_one_is_refused(alpha, beta):
    with pytest.raises(ArgumentImpossible):
        BetaPosterior(alpha=alpha, beta=beta)


def test_a_belief_without_width_is_refused():
    with pytest.raises(ArgumentImpossible):
        NormalPosterior(mean=0.0, deviation=0.0)


def test_without_trials_the_posterior_is_the_prior():
    found = proportion_posterior(Proportion(trials=0, successes=0), alpha=3, beta=4)
    assert found == BetaPosterior(alpha=3, beta=4)


def test_a_mean_is_weighted_with_the_prior_by_precision():
    # Mean 2 with variance 1/3 against prior 5 with variance 1: (3 * 2 + 1 * 5) / 4.
    sample = Mean.of([1.0, 2.0, 3.0])
    found = mean_posterior(sample, prior=NormalPosterior(mean=5.0, deviation=1.0))
    assert (found.mean, found.deviation) == pytest.approx((2.75, 0.5))


def test_a_mean_without_spread_has_no_posterior():
    with pytest.raises(VarianceIsZero):
        mean_posterior(Mean.of([1.0, 1.0]), prior=NormalPosterior(mean=0.0, deviation=1.0))


def test_the_weak_prior_is_as_wide_as_the_units_are():
    prior = unit_information_prior([Mean.of([1.0, 3.0]), Mean.of([5.0, 7.0])])
    assert (prior.mean, prior.deviation) == pytest.approx((4.0, np.std([1, 3, 5, 7], ddof=1)))


def test_units_without_spread_give_no_prior():
    with pytest.raises(VarianceIsZero):
        unit_information_prior([Mean.of([1.0, 1.0]), Mean.of([1.0])])


# From two on: a density that jumps at its edge would need ever finer panels.
smooth = st.builds(BetaPosterior, alpha=st.integers(2, 500), beta=st.integers(2, 5000))
rate_pairs = st.tuples(smooth, smooth)


@given(rate_pairs)
@settings(max_examples=25, deadline=None)
def test_the_ends_of_rates_are_where_their_distribution_passes_the_tails(pair):
    belief = compare_posteriors(pair, confidence=0.9)[1]
    base, arm = (scipy_stats.beta(each.alpha, each.beta) for each in pair)
    # Equal masses of control, at their middles.
    points = base.ppf((np.arange(20_000) + 0.5) / 20_000)
    for end, tail in ((belief.difference_low, 0.05), (belief.difference_high, 0.95)):
        assert arm.cdf(points + end).mean() == pytest.approx(tail, abs=3e-4)
    for end, tail in ((belief.lift_low, 0.05), (belief.lift_high, 0.95)):
        assert arm.cdf(points * (1 + end)).mean() == pytest.approx(tail, abs=3e-4)
    assert (belief.mean_low, belief.mean_high) == pytest.approx(arm.interval(0.9))


@given(st.tuples(normals, normals))
@settings(max_examples=25, deadline=None)
def test_the_ends_of_means_have_closed_forms(pair):
    control, treatment = compare_posteriors(pair, confidence=0.9)
    difference = scipy_stats.norm(
        pair[1].mean - pair[0].mean, np.hypot(pair[0].deviation, pair[1].deviation)
    )
    assert (treatment.difference_low, treatment.difference_high) == pytest.approx(
        difference.interval(0.9), rel=1e-6, abs=1e-9
    )
    assert control.difference_low is None
    assert control.mean_low < pair[0].mean < control.mean_high


def test_the_lift_of_means_is_fiellers():
    pair = [NormalPosterior(mean=5.0, deviation=0.1), NormalPosterior(mean=5.2, deviation=0.12)]
    belief = compare_posteriors(pair, confidence=0.95)[1]
    fieller = stats.fieller_lift(5.0, 5.2, control_variance=0.01, treatment_variance=0.0144)
    assert (belief.lift_low, belief.lift_high) == pytest.approx((fieller.low, fieller.high))


def test_a_mean_that_may_be_below_zero_has_no_lift():
    unsure = NormalPosterior(mean=0.1, deviation=1.0)
    rate = BetaPosterior(alpha=2, beta=9)
    for pair in ([unsure, unsure], [unsure, rate]):
        belief = compare_posteriors(pair, confidence=0.95)[1]
        assert (belief.lift_low, belief.lift_high) == (None, None)
        assert belief.difference_low < belief.difference_high


def test_a_mean_and_a_rate_are_compared_by_the_same_integrals():
    pair = [BetaPosterior(alpha=30, beta=70), NormalPosterior(mean=0.35, deviation=0.04)]
    belief = compare_posteriors(pair, confidence=0.95)[1]
    draws = np.random.default_rng(1).beta(30, 70, 200_000)
    wins = scipy_stats.norm(0.35, 0.04).sf(draws).mean()
    assert belief.beats_control == pytest.approx(wins, abs=1e-3)
    assert scipy_stats.norm(0.35, 0.04).cdf(draws + belief.difference_low).mean() == pytest.approx(
        0.025, abs=1e-3
    )


def test_without_a_confidence_there_are_no_ends():
    belief = compare_posteriors([BetaPosterior(alpha=2, beta=9)] * 2)[1]
    assert belief.mean_low is belief.difference_low is belief.lift_low is None
    with pytest.raises(ArgumentImpossible):
        compare_posteriors([BetaPosterior(alpha=2, beta=9)] * 2, confidence=1.0)


def test_a_million_units_lose_no_digits():
    # The beta function itself is good for nine digits there; by symmetry one half is exact.
    arm = BetaPosterior(alpha=156_837.0, beta=552_832.5)
    for belief in compare_posteriors([arm] * 3):
        assert belief.is_best == pytest.approx(1 / 3, abs=1e-13)
    assert compare_posteriors([arm] * 2)[1].beats_control == pytest.approx(0.5, abs=1e-13)


@given(st.floats(1, 3), st.floats(1, 3), st.floats(1, 4000), st.floats(1, 4000))
@settings(max_examples=40, deadline=None)
def test_rates_of_any_powers_and_widths_are_those_of_draws_in_order(a, b, c, d):
    pair = [BetaPosterior(alpha=a, beta=b), BetaPosterior(alpha=c, beta=d)]
    points = scipy_stats.beta(c, d).ppf((np.arange(5_000) + 0.5) / 5_000)
    expected = scipy_stats.beta(a, b).cdf(points).mean()
    assert compare_posteriors(pair)[1].beats_control == pytest.approx(expected, abs=2e-4)


def test_tables_weighed_together_are_weighed_as_alone():
    from experiments.stats import BetaPosterior, NormalPosterior, compare_tables

    rates = [
        [BetaPosterior(alpha=1 + hits, beta=1 + 400 - hits) for hits in table]
        for table in ((40, 52, 35), (3, 9, 0), (200, 210, 205))
    ]
    means = [
        [NormalPosterior(mean=mean, deviation=deviation) for mean in (1.0, 1.2)]
        for deviation in (0.1, 3.0)
    ]
    for tables in (rates, means):
        together = compare_tables(tables, control=1, is_lower_better=True)
        for table, beliefs in zip(tables, together, strict=True):
            alone = compare_posteriors(table, control=1, is_lower_better=True)
            for one, other in zip(beliefs, alone, strict=True):
                assert one.beats_control == pytest.approx(other.beats_control, abs=1e-12)
                assert one.is_best == pytest.approx(other.is_best, abs=1e-12)
                assert one.expected_loss == pytest.approx(other.expected_loss, abs=1e-12)


def test_no_tables_have_no_beliefs():
    from experiments.stats import compare_tables

    assert compare_tables([]) == []


def test_tables_of_different_arms_are_refused():
    from experiments.stats import ArgumentImpossible, NormalPosterior, compare_tables

    arm = NormalPosterior(mean=0.0, deviation=1.0)
    with pytest.raises(ArgumentImpossible, match="same number of arms"):
        compare_tables([[arm, arm], [arm, arm, arm]])
