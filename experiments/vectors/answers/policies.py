"""Policies judged from another one's log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments import stats
from experiments.stats.policy import Estimator
from experiments.vectors.answers.kinds import Vector

METHODS: Mapping[str, Estimator] = {"ipw": "ips", "snipw": "snips", "dr": "dr", "sndr": "sndr"}


def open_bandit(vector: Vector) -> Mapping[str, Any]:
    """The estimators of the Open Bandit Pipeline, for a policy that is the same at every choice."""
    inputs = vector["inputs"]
    shares, expected = inputs["evaluation_policy"], inputs["q_hat"]
    on_average = sum(share * reward for share, reward in zip(shares, expected, strict=True))
    predictions = stats.Predictions(
        taken=[expected[action] for action in inputs["action"]],
        policy=[on_average] * len(inputs["action"]),
    )
    found = {
        name: stats.evaluate_policy(
            inputs["reward"],
            logged=inputs["pscore"],
            target=[shares[action] for action in inputs["action"]],
            method=method,
            predictions=predictions,
        ).value
        for name, method in METHODS.items()
    }
    return found | {"dm": on_average}
