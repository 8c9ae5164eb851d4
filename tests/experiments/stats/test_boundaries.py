from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import (
    ArgumentImpossible,
    BetaBinomial,
    GammaExponential,
    GammaPoisson,
    Proportion,
    TooFewUnits,
    best_mixture,
    crossing_boundary,
    stitched_boundary,
    watch_rate,
)

ONE_SIDED, TWO_SIDED = best_mixture(100.0, alternative="greater"), best_mixture(100.0)


# From confseq's unit tests, "all target values are from a reference implementation in R".
@pytest.mark.parametrize(
    ("mixture", "at_ten", "bound"),
    [
        (GammaExponential(rho=ONE_SIDED, scale=2.0), -0.2490165, 33.02017),
        (GammaPoisson(rho=ONE_SIDED, scale=2.0), -0.06991219, 30.1949),
        (BetaBinomial(rho=TWO_SIDED, below=0.2, above=0.8), -0.6941012, 31.4308),
        (
            BetaBinomial(rho=ONE_SIDED, below=0.2, above=0.8, alternative="greater"),
            -0.07134019,
            28.41238,
        ),
    ],
)
def test_mixtures_are_those_of_the_reference(mixture, at_ten, bound):
    assert mixture.log_value(10.0, 100.0) == pytest.approx(at_ten, abs=1e-5)
    assert crossing_boundary(mixture, 100.0) == pytest.approx(bound, abs=1e-5)


@pytest.mark.parametrize(("scale", "bound"), [(3.0, 64.48755), (-1.0, 28.99389)])
def test_stitching_is_that_of_the_reference(scale, bound):
    found = stitched_boundary(100.0, first_variance=10.0, scale=scale)
    assert found == pytest.approx(bound, abs=1e-5)


def test_before_the_first_variance_the_stitched_boundary_stands_still():
    assert stitched_boundary(1.0, first_variance=10.0) == stitched_boundary(
        10.0, first_variance=10.0
    )


def test_a_sum_that_no_step_can_reach_has_no_likelihood():
    for mixture in (GammaExponential, GammaPoisson):
        assert mixture(rho=10.0, scale=1.0).log_value(-200.0, 100.0) == -math.inf


def test_the_boundary_of_bounded_steps_is_at_most_all_of_them_up():
    mixture = BetaBinomial(rho=0.5, below=0.5, above=0.5)
    assert crossing_boundary(mixture, 0.5) == mixture.widest(0.5) == 1.0
    assert GammaPoisson(rho=1.0, scale=1.0).widest(3.0) == math.inf
    assert GammaExponential(rho=1.0, scale=1.0).widest(3.0) == math.inf


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3_000), st.data())
def test_the_rate_seen_lies_inside_and_its_mirror_image_mirrors(trials, data):
    successes = data.draw(st.integers(0, trials))
    found = watch_rate(Proportion(trials=trials, successes=successes), tuned_for=300)
    mirrored = watch_rate(Proportion(trials=trials, successes=trials - successes), tuned_for=300)
    assert found.low <= successes / trials <= found.high
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-7)


def test_watched_at_every_trial_a_rate_is_left_out_as_seldom_as_promised():
    rng = np.random.default_rng(4)

    def is_ever_left_out():
        seen = np.cumsum(rng.random(300) < 0.1)
        intervals = (
            watch_rate(Proportion(trials=n, successes=int(seen[n - 1])), tuned_for=200)
            for n in range(10, 301, 10)
        )
        return any(not each.low <= 0.1 <= each.high for each in intervals)

    assert np.mean([is_ever_left_out() for _ in range(120)]) <= 0.05


def test_what_has_no_meaning_is_named():
    with pytest.raises(TooFewUnits):
        watch_rate(Proportion(trials=0, successes=0))
    for wrong in (
        lambda: GammaExponential(rho=0.0, scale=1.0),
        lambda: GammaPoisson(rho=1.0, scale=0.0),
        lambda: BetaBinomial(rho=1.0, below=0.0, above=1.0),
        lambda: BetaBinomial(rho=1.0, below=1.0, above=1.0, alternative="both"),
        lambda: crossing_boundary(GammaPoisson(rho=1.0, scale=1.0), 0.0),
        lambda: stitched_boundary(1.0, first_variance=1.0, exponent=1.0),
        lambda: watch_rate(Proportion(trials=9, successes=1), tuned_for=0.0),
    ):
        with pytest.raises(ArgumentImpossible):
            wrong()
