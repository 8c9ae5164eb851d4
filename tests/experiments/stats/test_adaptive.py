from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import (
    ArgumentImpossible,
    Mean,
    Period,
    TooFewUnits,
    VarianceIsZero,
    adaptive_difference,
    adaptive_mean,
    compare_means,
    merge,
)

RUNS, PERIODS, UNITS, FLOOR = 2_000, 20, 150, 0.05


def thompson_weights(rng, means, errors):
    """Shares of draws that each arm wins, run by run, above a floor."""
    draws = rng.normal(means[:, None], errors[:, None], (len(means), 300, means.shape[1]))
    wins = (draws == draws.max(axis=2, keepdims=True)).mean(axis=1)
    return FLOOR + (1 - means.shape[1] * FLOOR) * wins


def simulated(rng, rates):
    """Thompson sampling on conversions, all runs at once: weights, units and successes."""
    arms = len(rates)
    units, hits = np.zeros((RUNS, arms)), np.zeros((RUNS, arms))
    log = []
    for number in range(PERIODS):
        shares = np.full((RUNS, arms), 1 / arms)
        if number:
            rate = (hits + 1) / (units + 2)
            shares = thompson_weights(rng, rate, np.sqrt(rate * (1 - rate) / (units + 2)))
        sizes = rng.multinomial(UNITS, shares)
        wins = rng.binomial(sizes, rates)
        units, hits = units + sizes, hits + wins
        log.append((shares, sizes, wins))
    return log


def conversions(size, wins):
    rate = wins / size if size else 0.0
    return Mean(units=int(size), mean=rate, centred_squares=size * rate * (1 - rate))


def periods_of(log, run):
    return [
        Period(
            weights=tuple(shares[run]),
            samples=tuple(map(conversions, sizes[run].tolist(), wins[run].tolist())),
        )
        for shares, sizes, wins in log
    ]


@pytest.fixture(scope="module", params=[(0.2, 0.2, 0.2), (0.2, 0.23, 0.27)])
def run_bandit(request):
    """True rates, and of each run the periods and the two arms' units put together."""
    log = simulated(np.random.default_rng(8), np.array(request.param))
    every = [periods_of(log, run) for run in range(RUNS)]
    pooled = [[merge([one.samples[arm] for one in run]) for arm in (0, 1)] for run in every]
    return request.param, every, pooled


def coverage(differences, truth):
    return np.mean([found.low <= truth <= found.high for found in differences])


def test_the_interval_keeps_its_coverage_under_thompson_sampling(run_bandit):
    rates, every, pooled = run_bandit
    truth = rates[1] - rates[0]
    ours = coverage([adaptive_difference(periods, treatment=1) for periods in every], truth)
    plain = coverage([compare_means(*arms) for arms in pooled], truth)
    assert ours >= 0.93
    # Plain means fall short where no arm is better; elsewhere the two are as good.
    assert ours > plain - 0.01


def test_control_is_estimated_with_far_less_bias_than_by_its_plain_mean(run_bandit):
    rates, every, pooled = run_bandit
    ours = np.mean([adaptive_mean(periods, arm=0).estimate for periods in every]) - rates[0]
    plain = np.mean([arms[0].mean for arms in pooled]) - rates[0]
    assert plain < -0.004
    assert abs(ours) < 0.6 * abs(plain)


def scored(units, weights, arm):
    """The estimator unit by unit, as the paper writes it."""
    past, scores, stabilisers = [], [], []
    for number, (period, shares) in enumerate(zip(units, weights, strict=True)):
        own = [value for place, value in period if place == arm]
        guess = np.mean(past) if number else np.mean(own)
        for place, value in period:
            scores.append(guess + (place == arm) * (value - guess) / shares[arm])
            stabilisers.append(np.sqrt(shares[arm]))
        past += own
    scores, stabilisers = np.array(scores), np.array(stabilisers)
    estimate = scores @ stabilisers / stabilisers.sum()
    error = np.sqrt(np.square(stabilisers * (scores - estimate)).sum()) / stabilisers.sum()
    return estimate, error


values = st.lists(st.tuples(st.integers(0, 1), st.integers(-9, 9)), max_size=8)
shares = st.floats(0.1, 0.9)


@given(values, st.lists(st.tuples(values, shares), max_size=4), shares, st.sampled_from([0, 1e9]))
@settings(max_examples=100, deadline=None)
def test_the_moments_of_the_periods_give_what_the_units_give(first, later, share, origin):
    start = [(0, 1), (1, 2), (0, 4), (1, 7), *first]
    units = [start, *[period for period, _ in later]]
    weights = [(share, 1 - share), *[(part, 1 - part) for _, part in later]]
    estimate, error = scored(units, weights, 1)
    periods = [
        Period(
            weights=parts,
            samples=tuple(
                Mean.of([value + origin for place, value in period if place == arm])
                for arm in (0, 1)
            ),
        )
        for period, parts in zip(units, weights, strict=True)
    ]
    found = adaptive_mean(periods, arm=1)
    assert found.estimate - origin == pytest.approx(estimate, abs=1e-5)
    assert found.standard_error == pytest.approx(error, rel=1e-5)


ARMS = (Mean.of([1.0, 2.0, 3.0]), Mean.of([2.0, 4.0, 9.0]))
WEEK = Period(weights=(0.5, 0.5), samples=ARMS)


def test_one_period_of_even_weights_is_the_plain_difference():
    found = adaptive_difference([WEEK], treatment=1)
    assert found.estimate == pytest.approx(3.0)
    assert found.standard_error == pytest.approx(np.sqrt(2 / 9 + 26 / 9))


def test_sides_follow_the_alternative():
    two, up, down = (
        adaptive_difference([WEEK], treatment=1, alternative=side)
        for side in ("two-sided", "greater", "less")
    )
    assert (up.high, down.low) == (np.inf, -np.inf)
    assert up.low > two.low
    assert up.p_value == pytest.approx(two.p_value / 2)
    assert up.p_value + down.p_value == pytest.approx(1)


def test_the_other_way_round_mirrors_the_difference():
    there = adaptive_difference([WEEK], treatment=1)
    back = adaptive_difference([WEEK], treatment=0, control=1)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))


@pytest.mark.parametrize(
    ("weights", "samples"),
    [((), ()), ((1.0,), ARMS), ((1.0, 0.0), ARMS), ((0.5, 0.4), ARMS), ((1.5, -0.5), ARMS)],
)
def test_weights_that_no_arm_could_be_estimated_by_are_refused(weights, samples):
    with pytest.raises(ArgumentImpossible):
        Period(weights=weights, samples=samples)


@pytest.mark.parametrize(
    ("periods", "arm"),
    [([], 0), ([WEEK], 2), ([WEEK, Period(weights=(1.0,), samples=ARMS[:1])], 0)],
)
def test_periods_that_do_not_fit_are_refused(periods, arm):
    with pytest.raises(ArgumentImpossible):
        adaptive_mean(periods, arm=arm)


def test_an_arm_that_nothing_predicts_has_no_estimate():
    with pytest.raises(TooFewUnits):
        adaptive_mean([Period(weights=(0.5, 0.5), samples=(ARMS[0], Mean.of([])))], arm=1)


def test_scores_without_spread_have_no_interval():
    flat = Period(weights=(0.5, 0.5), samples=(Mean.of([1.0, 1.0]), Mean.of([1.0, 1.0])))
    with pytest.raises(VarianceIsZero):
        adaptive_mean([flat], arm=0)
