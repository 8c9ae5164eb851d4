from __future__ import annotations

import numpy as np
import pytest

from experiments.stats import (
    ArgumentImpossible,
    BetaBinomial,
    SampleImpossible,
    TooFewUnits,
    best_mixture,
    watch_quantiles,
)


def test_it_is_the_least_evidence_over_every_value_that_the_quantile_could_have():
    rng = np.random.default_rng(1)
    arms = [rng.normal(0, 1, 40), rng.normal(1.5, 1, 50)]
    mixture = BetaBinomial(rho=best_mixture(0.25 * 60, level=0.05), below=0.5, above=0.5)

    def evidence(values, at):
        # Any share of the values that a quantile at this place allows, searched for on a fine grid.
        shares = np.linspace((values < at).mean(), (values <= at).mean(), 201)
        return min(
            mixture.log_value((each - 0.5) * len(values), 0.25 * len(values)) for each in shares
        )

    least = min(sum(evidence(arm, at) for arm in arms) for at in np.concatenate(arms))
    found = watch_quantiles(*arms, share=0.5, tuned_for=60)
    assert found == pytest.approx(np.exp(-least), rel=1e-3)


def test_watching_at_every_tenth_value_is_wrong_at_most_as_often_as_promised():
    rng = np.random.default_rng(2)

    def is_ever_wrong():
        arms = rng.exponential(size=(2, 200))
        return any(
            watch_quantiles(*arms[:, :seen], share=0.5, tuned_for=100) <= 0.05
            for seen in range(20, 201, 20)
        )

    assert np.mean([is_ever_wrong() for _ in range(150)]) <= 0.05


def test_what_cannot_be_watched_is_named():
    with pytest.raises(TooFewUnits):
        watch_quantiles([], [1.0], share=0.5)
    with pytest.raises(SampleImpossible):
        watch_quantiles([1.0], [float("nan")], share=0.5)
    with pytest.raises(ArgumentImpossible):
        watch_quantiles([1.0], [2.0], share=0.0)
