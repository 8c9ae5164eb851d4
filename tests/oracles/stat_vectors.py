"""Which of the shared vectors our statistics answer, and how: vector -> pairs of (ours, expected).

A vector whose statistic is not built yet is not listed. Left out on purpose, though built:

* `gb.srm.0_0` expects p = 1 for an experiment without units; ours is a named error.
* `spotify.samplesize.binomial.897348` says power .8, but 897,348 is the size for power .85
  (R's power.prop.test, G*Power); it is checked here at .85.
* `beta.1000_10000.1130_10000` gives the treatment's loss as 1.7895418e-06. Quadrature with thirty
  digits says 1.78954016376364e-06 (and so do we): the closed form lost six digits to cancellation.
* `tt.power.mde.cuped.ratio2` is met to 5e-4 only, for a reason not found yet: 1,000 units do not
  divide into 1 : 2, and 333 + 666 come to 2e-5 of it. (`tt.power.mde` is met.)
* `gb.cuped.ratio.absolute` takes theta from the two arms' own moments; ours from both together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from experiments import stats

Pairs = Iterable[tuple[float, float]]
Vector = Mapping[str, Any]
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


RATIO = stats.Measure(numerator=0, denominator=1)


def joint(n: int, totals: Any, products: Any) -> stats.Moments:
    """Joint moments from sums and sums of products, the peer's form."""
    sums = np.asarray(totals, dtype=np.float64)
    centred = np.asarray(products, dtype=np.float64) - np.outer(sums, sums) / n
    return stats.Moments.from_covariance(units=n, means=sums / n, covariance=centred / (n - 1))


def growthbook_ratio_moments(arm: Mapping[str, Any]) -> stats.Moments:
    above, below, cross = arm["m_statistic"], arm["d_statistic"], arm["m_d_sum_of_products"]
    return joint(
        arm["n"],
        [above["sum"], below["sum"]],
        [[above["sum_squares"], cross], [cross, below["sum_squares"]]],
    )


def growthbook_cuped_moments(arm: Mapping[str, Any]) -> stats.Moments:
    post, pre, cross = arm["post_statistic"], arm["pre_statistic"], arm["post_pre_sum_of_products"]
    return joint(
        arm["n"],
        [post["sum"], pre["sum"]],
        [[post["sum_squares"], cross], [cross, pre["sum_squares"]]],
    )


def growthbook_cuped(vector: Vector) -> Pairs:
    control, treatment = (
        growthbook_cuped_moments(vector["inputs"][arm]) for arm in ("control", "treatment")
    )
    adjusted = stats.adjust_for_covariates(
        control,
        treatment,
        outcome=stats.Measure(numerator=0),
        covariates=[stats.Measure(numerator=1)],
    )
    ours, theirs = stats.compare_means(adjusted.control, adjusted.treatment), vector["expected"]
    yield adjusted.coefficients[0], theirs["theta"]
    yield ours.estimate, theirs["effect"]
    yield ours.low, theirs["ci_low"]
    yield ours.high, theirs["ci_high"]
    yield ours.standard_error, theirs["std_err"]
    yield ours.p_value, theirs["p_value"]
    yield ours.degrees_of_freedom, theirs["dof"]


def growthbook_ratio_lift(vector: Vector) -> Pairs:
    """Its lift has a symmetric error, which is ours on the log scale times the ratio."""
    control, treatment = (
        growthbook_ratio_moments(vector["inputs"][arm]).sample(RATIO)
        for arm in ("control", "treatment")
    )
    theirs = vector["expected"]
    difference = stats.compare_means(control, treatment)
    yield stats.relative_mean_lift(control, treatment).estimate, theirs["effect"]
    yield difference.degrees_of_freedom, theirs["dof"]
    squared = treatment.variance_of_mean + control.variance_of_mean * (
        treatment.mean**2 / control.mean**2
    )
    yield squared**0.5 / control.mean, theirs["std_err"]


def tea_ratio(vector: Vector) -> Pairs:
    arms = []
    for name in ("control", "treatment"):
        arm = vector["inputs"][name]
        cross = arm["cov"]["den|num"]
        arms.append(
            stats.Moments.from_covariance(
                units=arm["n"],
                means=[arm["mean"]["num"], arm["mean"]["den"]],
                covariance=[[arm["var"]["num"], cross], [cross, arm["var"]["den"]]],
            ).sample(RATIO)
        )
    yield arms[0].mean, vector["expected"]["control"]
    yield from _tea_pairs(arms, vector["expected"])


def post_stratified(moments: Callable[[Any], stats.Moments], outcome: stats.Measure) -> Any:
    def pairs(vector: Vector) -> Pairs:
        ours = stats.post_stratify(
            [
                (moments(cell["control"]), moments(cell["treatment"]))
                for cell in vector["inputs"]["strata"]
            ],
            outcome=outcome,
        )
        theirs, difference = vector["expected"], ours.difference()
        if vector["inputs"]["difference"] == "absolute":
            yield difference.estimate, theirs["effect"]
            yield difference.standard_error, theirs["std_err"]
            return
        ratio = ours.treatment / ours.control
        yield ratio - 1, theirs["effect"]
        variance = (
            ours.treatment_variance - 2 * ratio * ours.covariance + ratio**2 * ours.control_variance
        )
        yield variance**0.5 / ours.control, theirs["std_err"]

    return pairs


def growthbook_mean_moments(arm: Mapping[str, Any]) -> stats.Moments:
    return joint(arm["n"], [arm["sum"]], [[arm["sum_squares"]]])


def growthbook_moments(arm: Mapping[str, Any]) -> stats.Mean:
    """A proportion's variance is p (1 - p) there, so its unit has the weight n and not n - 1."""
    if arm["type"] == "SampleMeanStatistic":
        return mean_of_sums(arm["n"], arm["sum"], arm["sum_squares"])
    rate = arm["sum"] / arm["n"]
    return stats.Mean.from_variance(units=arm["n"], mean=rate, variance=rate * (1 - rate))


def growthbook_sequential(vector: Vector) -> Pairs:
    """The peer watches its symmetric lift; the interval around any estimate is ours.

    The one-sided p is the peer's bisection, right to three digits, with .4999 for no evidence;
    ours is the exact root.
    """
    inputs, theirs = vector["inputs"], vector["expected"]
    control, treatment = (growthbook_moments(inputs[arm]) for arm in ("control", "treatment"))
    estimate, error = theirs["effect"], theirs["std_err"]
    if inputs["difference"] == "absolute":
        fixed = stats.compare_means(control, treatment)
        estimate, error = fixed.estimate, fixed.standard_error
    options = {
        "confidence": 1 - inputs["alpha"],
        "alternative": (
            "greater"
            if "Greater" in inputs["test"]
            else "less"
            if "Lesser" in inputs["test"]
            else "two-sided"
        ),
        "tuned_for": inputs["sequential_tuning_parameter"],
    }
    units = control.units + treatment.units
    half = error * stats.anytime_multiplier(units, **options)
    for end, ours in (("ci_low", estimate - half), ("ci_high", estimate + half)):
        if not isinstance(theirs[end], str):
            yield ours, theirs[end]
    p_value = stats.anytime_p_value(estimate / error, units, **options)
    if options["alternative"] == "two-sided":
        yield p_value, theirs["p_value"]
    else:
        yield round(min(p_value, 0.4999), 3), round(theirs["p_value"], 3)


def growthbook_cuped_sequential(vector: Vector) -> Pairs:
    inputs, theirs = vector["inputs"], vector["expected"]
    units = inputs["control"]["n"] + inputs["treatment"]["n"]
    half = theirs["std_err"] * stats.anytime_multiplier(units)
    yield theirs["effect"] - half, theirs["ci_low"]
    yield theirs["effect"] + half, theirs["ci_high"]
    yield stats.anytime_p_value(theirs["effect"] / theirs["std_err"], units), theirs["p_value"]


def anytime_p_values(vector: Vector) -> Pairs:
    inputs = vector["inputs"]
    for (statistic, units), expected in zip(
        inputs["z_and_N"], vector["expected"]["p"], strict=True
    ):
        ours = stats.anytime_p_value(
            statistic,
            units,
            confidence=1 - inputs["alpha_for_rho"],
            tuned_for=inputs["N_tune"],
        )
        yield ours, expected


def anytime_multipliers(vector: Vector) -> Pairs:
    inputs = vector["inputs"]
    for units, expected in zip(
        inputs["N"], vector["expected"]["halfwidth_over_standard_error"], strict=True
    ):
        ours = stats.anytime_multiplier(
            units, confidence=1 - inputs["alpha"], tuned_for=inputs["N_tune"]
        )
        yield ours, expected


def johari(vector: Vector) -> Pairs:
    theirs = vector["expected"]
    for case, ratio, p_value in zip(
        vector["inputs"]["cases"], theirs["Lambda"], theirs["p"], strict=True
    ):
        ours = stats.mixture_test(
            case["mean_difference"],
            units_per_arm=case["n_per_arm"],
            variance=case["sigma2"],
            effect_variance=case["tau2"],
        )
        yield ours.likelihood_ratio, ratio
        yield ours.p_value, p_value


def howard_mixture(alternative: Any) -> Callable[[Vector], Pairs]:
    def pairs(vector: Vector) -> Pairs:
        inputs, theirs = vector["inputs"], vector["expected"]
        rho = stats.best_mixture(
            inputs["v_opt"], level=inputs["alpha_opt"], alternative=alternative
        )
        options = {"variance": inputs["v"], "rho": rho, "alternative": alternative}
        yield rho, theirs.get("best_rho", rho)
        yield stats.log_mixture(inputs["s"], **options), theirs["log_mixture"]
        yield stats.mixture_boundary(level=inputs["alpha"], **options), theirs["bound"]

    return pairs


def classic_designs(vector: Vector) -> Pairs:
    inputs, theirs = vector["inputs"], vector["expected"]
    for shape in ("pocock", "obrien-fleming"):
        ours = stats.classic_constant(
            inputs["looks"], shape=shape, level=inputs["alpha"], sides=inputs["sides"]
        )
        yield ours, theirs[f"{shape.replace('-', '_')}_constant"]


def spending_bounds(spending: Any) -> Callable[[Vector], Pairs]:
    def pairs(vector: Vector) -> Pairs:
        inputs = vector["inputs"]
        plan = stats.plan_looks(
            inputs["information"],
            level=inputs["alpha"],
            sides=inputs["sides"],
            spending=spending,
        )
        yield from zip(plan.bounds, vector["expected"]["z_bounds"], strict=True)

    return pairs


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


ANSWERED: Mapping[str, Callable[[Vector], Pairs]] = {
    "gb.ttest.mean.absolute": growthbook_absolute,
    "gb.ttest.ratio.relative.posthog": growthbook_ratio_lift,
    "gb.cuped.mean.absolute": growthbook_cuped,
    "gb.cuped.mean.realistic.absolute": growthbook_cuped,
    "gb.poststrat.count.absolute": post_stratified(
        growthbook_mean_moments, stats.Measure(numerator=0)
    ),
    "gb.poststrat.ratio.absolute": post_stratified(growthbook_ratio_moments, RATIO),
    "gb.poststrat.ratio.relative": post_stratified(growthbook_ratio_moments, RATIO),
    "gb.cuped.mean.sequential": growthbook_cuped_sequential,
    "gb.seq.mean.N1000": growthbook_sequential,
    "gb.seq.mean.N5000": growthbook_sequential,
    "gb.seq.mean.absolute.N5000": growthbook_sequential,
    "gb.seq.proportion.N5000": growthbook_sequential,
    "gb.seq.onesided.greater.relative": growthbook_sequential,
    "gb.seq.onesided.greater.absolute": growthbook_sequential,
    "gb.seq.onesided.lesser.absolute": growthbook_sequential,
    "asympcs.pvalue.N5000": anytime_p_values,
    "asympcs.pvalue.N10000": anytime_p_values,
    "asympcs.multiplier.N10000": anytime_multipliers,
    "johari.msprt.normal": johari,
    "howard.normal_mixture.two_sided": howard_mixture("two-sided"),
    "howard.normal_mixture.one_sided": howard_mixture("greater"),
    "groupseq.classic.K3": classic_designs,
    "groupseq.classic.K5": classic_designs,
    "groupseq.classic.K10": classic_designs,
    "groupseq.landemets.obf.K5": spending_bounds("obrien-fleming"),
    "spotify.seqbounds.a0.05.s2.k5": spending_bounds("power"),
    "spotify.seqbounds.a0.01.s2.k4": spending_bounds("power"),
    "gb.srm.821588_815482": growthbook_sample_ratio,
    "gb.srm.310_98_100": growthbook_sample_ratio,
    "gb.bandit.thompson.4arm": best_of_four_means,
    "tt.mean.welch": tea_welch,
    "tt.ratio": tea_ratio,
    "tt.proportion.large.norm.nocorrection": tea_proportion("score"),
    "tt.proportion.small.norm.nocorrection": tea_proportion("score"),
    "tt.proportion.small.fisher": tea_proportion("fisher"),
    "tt.proportion.small.barnard": tea_proportion("barnard"),
    "tt.srm.1000_1200.1.binom": tea_sample_ratio,
    "tt.srm.310_98.0.5.auto": tea_sample_ratio,
    "tt.srm.310_98.0.5.binom": tea_sample_ratio,
    "tt.srm.420_395.1.binom": tea_sample_ratio,
    "spotify.samplesize.binomial.897348": spotify_sample_size(power=0.85),
    "spotify.samplesize.binomial.366424": spotify_sample_size(),
    "spotify.noninferiority.0.05.increase": spotify_non_inferiority,
    "spotify.noninferiority.0.05.decrease": spotify_non_inferiority,
    "tt.multiplicity.holm_sidak": tea_holm_sidak,
    "spotify.ztest.bonferroni": spotify_bonferroni,
    "metafor.bcg": metafor_bcg,
    "tt.power.mde": tea_detectable,
    "statsmodels.ttestindpower": power_of_cohen,
    "cuped.power.identity": cuped_identity,
    "r.sleep.welch": r_sleep,
    "beta.100_1000.120_1000": beta_pair,
    "beta.49_100.51_100": beta_pair,
    "beta.5_50.11_52": beta_pair,
    "beta.1000_10000.1130_10000": beta_pair_with_the_loss_corrected,
    "beta.thompson.4arm": best_of_four_rates,
    "lift.intervals.precise": log_ratio,
    "lift.intervals.noisy": log_ratio,
}
