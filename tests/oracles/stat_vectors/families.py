"""Margins, families of tests, past tests and plans."""

from __future__ import annotations

import numpy as np

from experiments import stats
from tests.oracles.stat_vectors.comparisons import proportion
from tests.oracles.stat_vectors.shapes import Pairs, Vector


def spotify_non_inferiority(vector: Vector) -> Pairs:
    """The peer takes the margin of the observed control as known: to us an absolute one."""
    inputs, theirs = vector["inputs"], vector["expected"]
    control, treatment = (proportion(*inputs[arm]) for arm in ("control", "treatment"))
    ours = stats.not_worse(
        control,
        treatment,
        margin=inputs["margin_relative"] * control.rate,
        is_lower_better=inputs["preferred_direction"] == "decrease",
        confidence=1 - inputs["alpha"],
    )
    yield ours.estimate, theirs["difference"]
    yield ours.p_value, theirs["p-value"]
    yield ours.margin, abs(theirs["null_hypothesis"])
    for end, closed in ((ours.low, theirs["ci_lower"]), (ours.high, theirs["ci_upper"])):
        if closed is not None:
            yield end, closed
    yield float(ours.is_shown), float(theirs["is_significant"])


def tea_holm_sidak(vector: Vector) -> Pairs:
    inputs = vector["inputs"]["pvalues"]
    for name, ours in zip(inputs, stats.holm_sidak(list(inputs.values())), strict=True):
        yield ours, vector["expected"][name]["pvalue_adj"]


def metafor_bcg(vector: Vector) -> Pairs:
    table, theirs = np.array(vector["inputs"]["tpos_tneg_cpos_cneg"]), vector["expected"]
    treated, control = table[:, :2].sum(axis=1), table[:, 2:].sum(axis=1)
    effects = np.log(table[:, 0] / treated) - np.log(table[:, 2] / control)
    errors = np.sqrt(1 / table[:, 0] - 1 / treated + 1 / table[:, 2] - 1 / control)
    ours = stats.combine_effects(effects.tolist(), errors.tolist())
    yield ours.fixed, theirs["fixed"]
    yield ours.fixed_error, theirs["fixed_se"]
    yield ours.statistic, theirs["Q"]
    yield ours.tau_squared, theirs["tau2_DL"]
    yield ours.mean, theirs["random"]
    yield ours.mean_error, theirs["random_se"]
    yield 100 * ours.i_squared, theirs["I2_percent"]


def spotify_bonferroni(vector: Vector) -> Pairs:
    """The peer's z test has unpooled variances p (1 - p) / n and the normal distribution."""
    inputs = vector["inputs"]
    rates = [s / n for s, n in zip(inputs["success"], inputs["total"], strict=True)]
    variances = [rate * (1 - rate) / n for rate, n in zip(rates, inputs["total"], strict=True)]
    arms = [
        stats.Stratified(
            control=rates[0],
            treatment=rates[index],
            control_variance=variances[0],
            treatment_variance=variances[index],
            covariance=0.0,
        )
        for index in (1, 2)
    ]
    raw = [arm.difference() for arm in arms]
    level = stats.simultaneous_confidence(0.95, share=1 / len(arms))
    wide = [arm.difference(confidence=level) for arm in arms]
    adjusted = stats.bonferroni([each.p_value for each in raw])
    for plain, together, p_value, theirs in zip(
        raw, wide, adjusted, vector["expected"], strict=True
    ):
        yield plain.estimate, theirs["difference"]
        yield plain.low, theirs["ci_lower"]
        yield plain.high, theirs["ci_upper"]
        yield plain.p_value, theirs["p-value"]
        yield p_value, theirs["adjusted p-value"]
        yield together.low, theirs["adjusted ci_lower"]
        yield together.high, theirs["adjusted ci_upper"]


def tea_detectable(vector: Vector) -> Pairs:
    inputs = vector["inputs"]
    sample, ratio = inputs["sample"], inputs["ratio"]
    moments = stats.Moments.from_covariance(
        units=sample["n"],
        means=[sample["mean"]["y"], sample["mean"]["x"]],
        covariance=[
            [sample["var"]["y"], sample["cov"]["x|y"]],
            [sample["cov"]["x|y"], sample["var"]["x"]],
        ],
    )
    outcome, covariate = stats.Measure(numerator=0), stats.Measure(numerator=1)
    explained = (
        stats.variance_explained(moments, outcome=outcome, covariates=[covariate])
        if inputs["covariate"]
        else 0.0
    )
    deviation = stats.effective_deviation(sample["var"]["y"] ** 0.5, explained=explained)
    for theirs in vector["expected"]:
        ours = stats.detectable_difference(
            deviation=deviation,
            units_per_arm=theirs["n_obs"] / (1 + ratio),
            ratio=ratio,
            power=theirs["power"],
        )
        yield ours, theirs["effect_size"]
        yield ours / sample["mean"]["y"], theirs["rel_effect_size"]


def power_of_cohen(vector: Vector) -> Pairs:
    inputs = vector["inputs"]
    ours = stats.units_for_means(
        inputs["d"], deviation=1.0, power=inputs["power"], confidence=1 - inputs["alpha"]
    )
    yield ours, vector["expected"]["n_per_group"]


def cuped_identity(vector: Vector) -> Pairs:
    for rho, expected in zip(
        vector["inputs"]["rho"], vector["expected"]["required_n_multiplier"], strict=True
    ):
        yield stats.effective_deviation(1.0, explained=rho**2) ** 2, expected
