"""The statistics of experiments: pure functions of small frozen samples.

A difference is treatment minus control; a lift is relative to control. What cannot be computed is
an error with a name (`StatsError`), never a number.

>>> from experiments import stats
>>> control = stats.Proportion(trials=1000, successes=100)
>>> treatment = stats.Proportion(trials=1000, successes=130)
>>> round(stats.compare_proportions(control, treatment).p_value, 4)
0.0355
"""

from __future__ import annotations

from experiments.stats.adaptive import (
    AdaptiveMean,
    Period,
    adaptive_difference,
    adaptive_mean,
)
from experiments.stats.balance import Balance, check_sample_ratio, watch_sample_ratio
from experiments.stats.bandits import Allocation, allocate_traffic
from experiments.stats.bayes import Belief, compare_posteriors, compare_tables
from experiments.stats.boundaries import (
    BetaBinomial,
    GammaExponential,
    GammaPoisson,
    crossing_boundary,
    stitched_boundary,
    watch_rate,
)
from experiments.stats.covariates import (
    Adjusted,
    adjust_arms,
    adjust_for_covariates,
    variance_explained,
)
from experiments.stats.decide import (
    Effect,
    Looking,
    Minimums,
    Progress,
    Verdict,
    VerdictKind,
    decide,
)
from experiments.stats.dunnett import compare_with_control, dunnett_quantile
from experiments.stats.effect_beliefs import EffectBelief, effect_posterior, judge_effect
from experiments.stats.errors import (
    ArgumentImpossible,
    BaselineNotPositive,
    RatioTooUncertain,
    SampleImpossible,
    StatsError,
    TooFewUnits,
    TreatmentNotPositive,
    VarianceIsZero,
)
from experiments.stats.fieller import fieller_lift
from experiments.stats.heterogeneity import (
    Interaction,
    Shrunken,
    interaction,
    shrink_arms,
    shrink_effects,
)
from experiments.stats.intervals import (
    Alternative,
    Difference,
    Interval,
    Lift,
    log_ratio_lift,
    mean_interval,
    newcombe,
    wilson,
)
from experiments.stats.margins import Against, equivalent, not_worse
from experiments.stats.means import compare_means, relative_mean_lift
from experiments.stats.meta import (
    MetaAnalysis,
    RatePrior,
    combine_effects,
    fit_prior,
    fit_rate_prior,
)
from experiments.stats.midway import growth_needed, power_midway
from experiments.stats.moments import Measure, Moments
from experiments.stats.multiplicity import (
    adjust_family,
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    hochberg,
    holm,
    holm_sidak,
    primary_weights,
    simultaneous_confidence,
)
from experiments.stats.peers import adjusted_delta_lift, delta_lift, pooled_rates
from experiments.stats.planning import (
    days_left,
    detectable_difference,
    effective_deviation,
    inflation_of_looks,
    power_of_means,
    power_when_watched,
    units_for_means,
)
from experiments.stats.policy import PolicyValue, Predictions, evaluate_policy
from experiments.stats.posteriors import (
    BetaPosterior,
    NormalPosterior,
    Posterior,
    mean_posterior,
    proportion_posterior,
    unit_information_prior,
)
from experiments.stats.power import (
    detectable_effect,
    exact_units_needed,
    power_of_proportions,
    units_needed,
)
from experiments.stats.proportions import (
    Homogeneity,
    compare_proportions,
    equal_rates,
    relative_lift,
)
from experiments.stats.quantiles import (
    Quantile,
    Ranks,
    cluster_factor,
    compare_quantiles,
    quantile_ranks,
    relative_quantile_lift,
)
from experiments.stats.race import Race, plan_race
from experiments.stats.ranks import RankComparison, compare_ranks
from experiments.stats.samples import Mean, Proportion, merge
from experiments.stats.sequential import (
    TUNED_FOR_UNITS,
    Mixture,
    anytime_multiplier,
    anytime_p_value,
    best_mixture,
    log_mixture,
    mixture_boundary,
    mixture_test,
    regression_mixture,
    running_minimum,
    watch,
)
from experiments.stats.spending import Looks, classic_constant, plan_looks
from experiments.stats.strata import Stratified, post_stratify
from experiments.stats.watched_quantiles import watch_quantiles

__all__ = [
    "TUNED_FOR_UNITS",
    "AdaptiveMean",
    "Adjusted",
    "Against",
    "Allocation",
    "Alternative",
    "ArgumentImpossible",
    "Balance",
    "BaselineNotPositive",
    "Belief",
    "BetaBinomial",
    "BetaPosterior",
    "Difference",
    "Effect",
    "EffectBelief",
    "GammaExponential",
    "GammaPoisson",
    "Homogeneity",
    "Interaction",
    "Interval",
    "Lift",
    "Looking",
    "Looks",
    "Mean",
    "Measure",
    "MetaAnalysis",
    "Minimums",
    "Mixture",
    "Moments",
    "NormalPosterior",
    "Period",
    "PolicyValue",
    "Posterior",
    "Predictions",
    "Progress",
    "Proportion",
    "Quantile",
    "Race",
    "RankComparison",
    "Ranks",
    "RatePrior",
    "RatioTooUncertain",
    "SampleImpossible",
    "Shrunken",
    "StatsError",
    "Stratified",
    "TooFewUnits",
    "TreatmentNotPositive",
    "VarianceIsZero",
    "Verdict",
    "VerdictKind",
    "adaptive_difference",
    "adaptive_mean",
    "adjust_arms",
    "adjust_family",
    "adjust_for_covariates",
    "adjusted_delta_lift",
    "allocate_traffic",
    "anytime_multiplier",
    "anytime_p_value",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "best_mixture",
    "bonferroni",
    "check_sample_ratio",
    "classic_constant",
    "cluster_factor",
    "combine_effects",
    "compare_means",
    "compare_posteriors",
    "compare_proportions",
    "compare_quantiles",
    "compare_ranks",
    "compare_tables",
    "compare_with_control",
    "crossing_boundary",
    "days_left",
    "decide",
    "delta_lift",
    "detectable_difference",
    "detectable_effect",
    "dunnett_quantile",
    "effect_posterior",
    "effective_deviation",
    "equal_rates",
    "equivalent",
    "evaluate_policy",
    "exact_units_needed",
    "fieller_lift",
    "fit_prior",
    "fit_rate_prior",
    "growth_needed",
    "hochberg",
    "holm",
    "holm_sidak",
    "inflation_of_looks",
    "interaction",
    "judge_effect",
    "log_mixture",
    "log_ratio_lift",
    "mean_interval",
    "mean_posterior",
    "merge",
    "mixture_boundary",
    "mixture_test",
    "newcombe",
    "not_worse",
    "plan_looks",
    "plan_race",
    "pooled_rates",
    "post_stratify",
    "power_midway",
    "power_of_means",
    "power_of_proportions",
    "power_when_watched",
    "primary_weights",
    "proportion_posterior",
    "quantile_ranks",
    "regression_mixture",
    "relative_lift",
    "relative_mean_lift",
    "relative_quantile_lift",
    "running_minimum",
    "shrink_arms",
    "shrink_effects",
    "simultaneous_confidence",
    "stitched_boundary",
    "unit_information_prior",
    "units_for_means",
    "units_needed",
    "variance_explained",
    "watch",
    "watch_quantiles",
    "watch_rate",
    "watch_sample_ratio",
    "wilson",
]
