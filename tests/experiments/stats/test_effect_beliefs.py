from __future__ import annotations

import pytest
from scipy import integrate
from scipy import stats as scipy_stats

from experiments.stats import NormalPosterior, VarianceIsZero, effect_posterior, judge_effect


@pytest.mark.parametrize("mean", [-3.0, -0.4, 0.0, 0.4, 3.0])
@pytest.mark.parametrize("is_lower_better", [False, True])
def test_losses_are_the_means_of_what_is_given_up(mean, is_lower_better):
    density = scipy_stats.norm(mean, 0.7).pdf
    rises = integrate.quad(lambda at: at * density(at), 0, 12)[0]
    falls = integrate.quad(lambda at: -at * density(at), -12, 0)[0]
    belief = judge_effect(
        NormalPosterior(mean=mean, deviation=0.7), is_lower_better=is_lower_better
    )
    gain, loss = (falls, rises) if is_lower_better else (rises, falls)
    assert belief.loss_of_control == pytest.approx(gain, rel=1e-8)
    assert belief.loss_of_treatment == pytest.approx(loss, rel=1e-8)
    wins = scipy_stats.norm(mean, 0.7).sf(0)
    assert belief.beats_control == pytest.approx(1 - wins if is_lower_better else wins)


def test_a_tiny_loss_keeps_its_digits():
    # thirteen deviations away; phi(z) / z^2 (1 - 3 / z^2 + 15 / z^4 - ...) by its asymptotic series
    loss = judge_effect(NormalPosterior(mean=13.0, deviation=1.0)).loss_of_treatment
    series = 1 - 3 / 13**2 + 15 / 13**4 - 105 / 13**6 + 945 / 13**8 - 10395 / 13**10
    assert loss == pytest.approx(scipy_stats.norm.pdf(13.0) / 13**2 * series, rel=1e-7)


def test_without_a_prior_the_belief_is_the_measurement():
    assert effect_posterior(0.3, 0.1) == NormalPosterior(mean=0.3, deviation=0.1)


def test_an_effect_without_an_error_is_named():
    with pytest.raises(VarianceIsZero):
        effect_posterior(0.3, 0.0)
