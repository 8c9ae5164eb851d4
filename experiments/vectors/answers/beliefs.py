"""Posteriors, and what they say about choosing an arm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from experiments import stats
from experiments.vectors.answers.kinds import NotCovered, Vector, growthbook_mean, proportion


def beta_pair(vector: Vector) -> Mapping[str, Any]:
    """Two rates under a flat prior."""
    inputs = vector["inputs"]
    written = re.fullmatch(r"Beta\(([\d.]+), ?([\d.]+)\)", inputs.get("prior", "Beta(1,1)"))
    if not written:
        raise NotCovered(f"the prior {inputs['prior']}")
    alpha, beta = map(float, written.groups())
    control, treatment = stats.compare_posteriors(
        [
            stats.proportion_posterior(proportion(*inputs[arm]), alpha=alpha, beta=beta)
            for arm in ("control", "treatment")
        ]
    )
    return {
        "p_treatment_beats_control": treatment.beats_control,
        "expected_loss_choosing_control": control.expected_loss,
        "expected_loss_choosing_treatment": treatment.expected_loss,
    }


def best_of_rates(vector: Vector) -> Mapping[str, Any]:
    """Rates under a flat prior: which is the best."""
    posteriors = [
        stats.proportion_posterior(proportion(successes, successes + failures))
        for successes, failures in vector["inputs"]["success_fail"]
    ]
    beliefs = stats.compare_posteriors(posteriors)
    return {"best_arm_probability": [belief.is_best for belief in beliefs]}


def growthbook_bandit(vector: Vector) -> Mapping[str, Any]:
    """Means under a normal prior: which is the best, and the traffic each gets."""
    inputs = vector["inputs"]
    prior = stats.NormalPosterior(
        mean=inputs["prior"]["mean"], deviation=inputs["prior"]["variance"] ** 0.5
    )
    posteriors = [stats.mean_posterior(growthbook_mean(arm), prior=prior) for arm in inputs["arms"]]
    found = stats.allocate_traffic(
        posteriors,
        units=[arm["n"] for arm in inputs["arms"]],
        is_lower_better=inputs["inverse"],
        floor=inputs["min_variation_weight"],
        strategy="top-two" if inputs.get("top_two") else "thompson",
    )
    return {
        "posterior_mean": [posterior.mean for posterior in posteriors],
        "posterior_sd": [posterior.deviation for posterior in posteriors],
        "best_arm_probability_exact": list(found.is_best),
        "weights_exact": list(found.weights),
        # Their own are drawn; ours are what the draws are of.
        "gbstats_weights_seed100_10k_draws": list(found.weights),
    }
