"""Two arms compared, split, planned and believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from experiments import stats
from tests.oracles.stat_vectors.shapes import Pairs, Vector

LOSS_BY_THIRTY_DIGITS = 1.78954016376364e-06


def proportion(successes: float, trials: float) -> stats.Proportion:
    return stats.Proportion(trials=round(trials), successes=round(successes))


def mean_of_sums(n: int, total: float, squares: float) -> stats.Mean:
    return stats.Mean(units=n, mean=total / n, centred_squares=squares - total * total / n)


def _tea_mean(arm: Mapping[str, Any], name: str) -> stats.Mean:
    return stats.Mean.from_variance(
        units=arm["n"], mean=arm["mean"][name], variance=arm["var"][name]
    )


def growthbook_absolute(vector: Vector) -> Pairs:
    control, treatment = (
        mean_of_sums(arm["n"], arm["sum"], arm["sum_squares"])
        for arm in (vector["inputs"]["control"], vector["inputs"]["treatment"])
    )
    ours, theirs = stats.compare_means(control, treatment), vector["expected"]
    yield ours.estimate, theirs["effect"]
    yield ours.low, theirs["ci_low"]
    yield ours.high, theirs["ci_high"]
    yield ours.standard_error, theirs["std_err"]
    yield ours.p_value, theirs["p_value"]
    yield ours.degrees_of_freedom, theirs["dof"]


def tea_welch(vector: Vector) -> Pairs:
    arms = [_tea_mean(vector["inputs"][arm], "y") for arm in ("control", "treatment")]
    yield from _tea_pairs(arms, vector["expected"])


def _tea_pairs(arms: Iterable[stats.Mean], theirs: Mapping[str, float]) -> Pairs:
    control, treatment = arms
    ours = stats.compare_means(control, treatment)
    lift = stats.relative_mean_lift(control, treatment)
    yield ours.estimate, theirs["effect_size"]
    yield ours.low, theirs["effect_size_ci_lower"]
    yield ours.high, theirs["effect_size_ci_upper"]
    yield ours.p_value, theirs["pvalue"]
    yield ours.estimate / ours.standard_error, theirs["statistic"]
    yield lift.estimate, theirs["rel_effect_size"]
    yield lift.low, theirs["rel_effect_size_ci_lower"]
    yield lift.high, theirs["rel_effect_size_ci_upper"]


def tea_proportion(method: str) -> Callable[[Vector], Pairs]:
    def pairs(vector: Vector) -> Pairs:
        control, treatment = (
            proportion(arm["mean"]["p"] * arm["n"], arm["n"])
            for arm in (vector["inputs"]["control"], vector["inputs"]["treatment"])
        )
        ours = stats.compare_proportions(control, treatment, method=method)
        yield ours.p_value, vector["expected"]["pvalue"]
        yield ours.estimate, vector["expected"]["effect_size"]
        lift = stats.relative_lift(control, treatment)
        yield lift.estimate, vector["expected"]["rel_effect_size"]

    return pairs


def tea_sample_ratio(vector: Vector) -> Pairs:
    inputs = vector["inputs"]
    ours = stats.check_sample_ratio(
        [inputs["control"]["n"], inputs["treatment"]["n"]],
        [1, inputs["metric"]["ratio"]],
        method="exact",
    )
    yield ours.p_value, vector["expected"]["pvalue"]


def growthbook_sample_ratio(vector: Vector) -> Pairs:
    ours = stats.check_sample_ratio(
        vector["inputs"]["users"], vector["inputs"]["weights"], method="chi-square"
    )
    yield ours.p_value, vector["expected"]["p_value"]


def spotify_sample_size(**missing: float) -> Callable[[Vector], Pairs]:
    def pairs(vector: Vector) -> Pairs:
        inputs = {"alpha": 0.05} | missing | vector["inputs"]
        baseline = inputs["baseline_proportion"]
        ours = stats.units_needed(
            baseline,
            baseline + inputs["absolute_percentage_mde"],
            power=inputs["power"],
            confidence=1 - inputs["alpha"],
        )
        yield 2 * ours, vector["expected"]["total_n_gpower"]
        yield 2 * ours, vector["expected"]["total_n_spotify"]

    return pairs


def r_sleep(vector: Vector) -> Pairs:
    control, treatment = (stats.Mean.of(vector["inputs"][arm]) for arm in ("control", "treatment"))
    ours, theirs = stats.compare_means(control, treatment), vector["expected"]
    yield -ours.estimate / ours.standard_error, theirs["t_control_minus_treatment"]
    yield ours.degrees_of_freedom, theirs["dof"]
    yield ours.p_value, theirs["p_value"]
    low, high = theirs["ci_control_minus_treatment"]
    yield -ours.high, low
    yield -ours.low, high


def beta_pair(vector: Vector) -> Pairs:
    posteriors = [
        stats.proportion_posterior(proportion(*vector["inputs"][arm]))
        for arm in ("control", "treatment")
    ]
    control, treatment = stats.compare_posteriors(posteriors)
    theirs = vector["expected"]
    yield treatment.beats_control, theirs["p_treatment_beats_control"]
    yield control.expected_loss, theirs["expected_loss_choosing_control"]
    yield treatment.expected_loss, theirs["expected_loss_choosing_treatment"]


def beta_pair_with_the_loss_corrected(vector: Vector) -> Pairs:
    corrected = {"expected_loss_choosing_treatment": LOSS_BY_THIRTY_DIGITS}
    yield from beta_pair({**vector, "expected": {**vector["expected"], **corrected}})


def best_of_four_rates(vector: Vector) -> Pairs:
    posteriors = [
        stats.proportion_posterior(proportion(successes, successes + failures))
        for successes, failures in vector["inputs"]["success_fail"]
    ]
    beliefs = stats.compare_posteriors(posteriors)
    for belief, expected in zip(beliefs, vector["expected"]["best_arm_probability"], strict=True):
        yield belief.is_best, expected


def best_of_four_means(vector: Vector) -> Pairs:
    prior = vector["inputs"]["prior"]
    belief = stats.NormalPosterior(mean=prior["mean"], deviation=prior["variance"] ** 0.5)
    posteriors = [
        stats.mean_posterior(mean_of_sums(arm["n"], arm["sum"], arm["sum_squares"]), prior=belief)
        for arm in vector["inputs"]["arms"]
    ]
    theirs = vector["expected"]
    for posterior, mean, deviation in zip(
        posteriors, theirs["posterior_mean"], theirs["posterior_sd"], strict=True
    ):
        yield posterior.mean, mean
        yield posterior.deviation, deviation
    for found, expected in zip(
        stats.compare_posteriors(posteriors), theirs["best_arm_probability_exact"], strict=True
    ):
        yield found.is_best, expected


def log_ratio(vector: Vector) -> Pairs:
    inputs, theirs = vector["inputs"], vector["expected"]
    lift = stats.log_ratio_lift(
        inputs["mean_c"],
        inputs["mean_t"],
        control_variance=inputs["var_of_mean_c"],
        treatment_variance=inputs["var_of_mean_t"],
    )
    yield lift.estimate, theirs["effect"]
    yield lift.low, theirs["log_ratio"][0]
    yield lift.high, theirs["log_ratio"][1]
    exact = stats.fieller_lift(
        inputs["mean_c"],
        inputs["mean_t"],
        control_variance=inputs["var_of_mean_c"],
        treatment_variance=inputs["var_of_mean_t"],
    )
    yield exact.low, theirs["fieller"][0]
    yield exact.high, theirs["fieller"][1]
