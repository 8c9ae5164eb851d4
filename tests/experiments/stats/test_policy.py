from __future__ import annotations

import csv
import gzip
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.stats import (
    ArgumentImpossible,
    Predictions,
    TooFewUnits,
    VarianceIsZero,
    evaluate_policy,
)

METHODS = ["ips", "snips", "dr", "sndr"]
ITEMS = 34


def simulated(rng, size):
    """Three choices; a log that prefers the first, a policy that prefers the last."""
    logging, policy = np.array([0.6, 0.3, 0.1]), np.array([0.1, 0.3, 0.6])
    rates = np.array([0.2, 0.3, 0.5])
    chosen = rng.choice(3, size, p=logging)
    rewards = rng.random(size) < rates[chosen]
    predictions = Predictions(
        taken=rates[chosen] + 0.05, policy=np.full(size, policy @ rates + 0.05)
    )
    return (
        {"logged": logging[chosen], "target": policy[chosen], "predictions": predictions},
        rewards,
        float(policy @ rates),
    )


@pytest.mark.parametrize("method", METHODS)
def test_the_interval_covers_the_policys_true_value(method):
    rng, covered = np.random.default_rng(5), 0
    for _ in range(600):
        options, rewards, truth = simulated(rng, 400)
        found = evaluate_policy(rewards, method=method, **options)
        covered += found.low <= truth <= found.high
    assert 0.93 <= covered / 600 <= 0.97


@pytest.mark.parametrize("method", METHODS)
def test_the_policy_that_logged_is_worth_what_it_earned(method):
    rewards, model = [1.0, 0.0, 2.0, 5.0], Predictions(taken=[1.0] * 4, policy=[1.0] * 4)
    found = evaluate_policy(
        rewards, logged=[0.5] * 4, target=[0.5] * 4, method=method, predictions=model
    )
    assert found.value == pytest.approx(2.0)
    assert found.standard_error == pytest.approx(np.std(rewards, ddof=1) / 2)
    assert (found.effective_units, found.clipped_share) == (pytest.approx(4.0), 0.0)


@given(st.floats(-1e6, 1e6))
@settings(max_examples=40, deadline=None)
def test_normalised_weights_follow_a_shift_of_the_rewards(shift):
    options, rewards, _ = simulated(np.random.default_rng(1), 60)
    plain, moved = (
        evaluate_policy(rewards + by, **(options | {"predictions": None})) for by in (0.0, shift)
    )
    assert moved.value - shift == pytest.approx(plain.value, abs=1e-8)
    assert moved.standard_error == pytest.approx(plain.standard_error, rel=1e-6)


def test_clipping_cuts_the_weights_and_says_how_many():
    options = {"logged": [0.1, 0.5, 0.5, 0.5], "target": [0.9, 0.5, 0.5, 0.5]}
    found = evaluate_policy([1, 0, 1, 0], method="ips", clip=2.0, **options)
    assert (found.value, found.clipped_share) == (pytest.approx(0.75), 0.25)
    plain = evaluate_policy([1, 0, 1, 0], method="ips", **options)
    assert plain.value == pytest.approx(2.5)
    assert plain.standard_error > found.standard_error


PAIR = {"logged": [0.5, 0.5], "target": [0.5, 0.5]}


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"method": "magic"}, ArgumentImpossible),
        ({"method": "dr"}, ArgumentImpossible),
        ({"logged": [0.5]}, ArgumentImpossible),
        ({"logged": [0.5, 0.0]}, ArgumentImpossible),
        ({"logged": [0.5, 1.1]}, ArgumentImpossible),
        ({"target": [0.5, -0.1]}, ArgumentImpossible),
        ({"target": [0.5, float("nan")]}, ArgumentImpossible),
        ({"clip": 0.0}, ArgumentImpossible),
        ({"confidence": 1.0}, ArgumentImpossible),
        ({"target": [0.0, 0.0]}, TooFewUnits),
    ],
)
def test_what_cannot_be_estimated_has_a_name(options, error):
    with pytest.raises(error):
        evaluate_policy([1, 0], **(PAIR | options))


def test_one_choice_has_no_interval():
    with pytest.raises(TooFewUnits):
        evaluate_policy([1], logged=[0.5], target=[0.5])


def test_a_log_without_any_reward_has_no_interval():
    with pytest.raises(VarianceIsZero):
        evaluate_policy([0, 0], **PAIR)


@pytest.fixture(scope="module")
def logs(data_folder):
    """Open Bandit data: clicks, items, positions and logged probabilities of both policies."""

    def read(name):
        with gzip.open(data_folder / "obd_small" / f"{name}_men.csv.gz", "rt") as file:
            rows = list(csv.DictReader(file))
        return {
            "clicks": np.array([int(row["click"]) for row in rows]),
            "choices": [(row["item_id"], row["position"]) for row in rows],
            "logged": np.array([float(row["propensity_score"]) for row in rows]),
        }

    return {"thompson": read("bts"), "uniform": read("random")}


def are_compatible(found, clicks):
    """Whether the estimate and the policy's own clicks differ by no more than their errors."""
    own_error = clicks.std(ddof=1) / np.sqrt(len(clicks))
    return abs(found.value - clicks.mean()) < 1.96 * np.hypot(found.standard_error, own_error)


@pytest.mark.realdata
@pytest.mark.parametrize("method", ["ips", "snips"])
@pytest.mark.parametrize("clip", [None, 50.0])
def test_uniform_choice_judged_from_thompsons_log(logs, method, clip):
    log = logs["thompson"]
    target = np.full(len(log["clicks"]), 1 / ITEMS)
    found = evaluate_policy(
        log["clicks"], logged=log["logged"], target=target, method=method, clip=clip
    )
    assert are_compatible(found, logs["uniform"]["clicks"])
    assert 0.002 < found.value < 0.007


@pytest.mark.realdata
@pytest.mark.parametrize("method", METHODS)
def test_thompsons_choice_judged_from_the_uniform_log(logs, method):
    log, truth = logs["uniform"], logs["thompson"]["clicks"].mean()
    # What Thompson chose on average, position by position, and each item's clicks in its own log.
    places = Counter(position for _, position in logs["thompson"]["choices"])
    chosen = Counter(logs["thompson"]["choices"])
    shares = {choice: count / places[choice[1]] for choice, count in chosen.items()}
    target = np.array([shares.get(choice, 0.0) for choice in log["choices"]])
    predictions = Predictions(taken=np.full(len(target), truth), policy=np.full(len(target), truth))
    found = evaluate_policy(
        log["clicks"], logged=log["logged"], target=target, method=method, predictions=predictions
    )
    assert are_compatible(found, logs["thompson"]["clicks"])
    assert 0.004 < found.value < 0.010
