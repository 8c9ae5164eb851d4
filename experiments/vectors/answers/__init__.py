"""Our numbers for a vector's inputs, in the shape of what it expects.

To add one: write a function `vector -> {name as in "expected": our number}` in the module of its
topic and name it in `ANSWERS` under the beginning of the ids it answers; the longest one that fits
is asked. What an answer leaves out is named as not compared. Where an id is ours but this variety
of it is not, the function raises `NotCovered` with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from experiments.vectors.answers import (
    balance,
    beliefs,
    effects,
    growthbook,
    looking,
    many,
    planning,
    policies,
)
from experiments.vectors.answers.kinds import Answer, NotCovered, Vector

ANSWERS: Mapping[str, Answer] = {
    "armitage": looking.peeking,
    "peeking": looking.peeking,
    "asympcs.multiplier.": looking.anytime_multipliers,
    "asympcs.pvalue.": looking.anytime_p_values,
    "benjamini": many.rejections,
    "bh1995": many.rejections,
    "bh.": many.rejections,
    "beta.": beliefs.beta_pair,
    "beta.thompson.": beliefs.best_of_rates,
    "cuped.power.identity": planning.cuped_identity,
    "dunnett": many.dunnett,
    "evanmiller.": planning.miller_sample_size,
    "evanmiller.simple_sequential": looking.race,
    "gb.bandit.": beliefs.growthbook_bandit,
    "gb.bayes.": growthbook.growthbook_belief,
    "gb.cuped.": growthbook.growthbook_test,
    "gb.midpower.": growthbook.growthbook_midway,
    "gb.poststrat.": growthbook.growthbook_strata,
    "gb.quantile": growthbook.growthbook_test,
    "gb.seq.": growthbook.growthbook_test,
    "gb.srm.": balance.growthbook_sample_ratio,
    "gb.ttest.": growthbook.growthbook_test,
    "groupseq.classic.": looking.classic_designs,
    "groupseq.landemets.": looking.spending_bounds,
    "groupseq.peeking": looking.peeking,
    "groupseq.armitage": looking.peeking,
    "howard.bernoulli_cs.": looking.howard_rate,
    "howard.beta_binomial.": looking.howard_boundary,
    "howard.gamma_": looking.howard_boundary,
    "howard.normal_mixture.": looking.howard_mixture,
    "howard.poly_stitching": looking.howard_stitching,
    "howard.stitching": looking.howard_stitching,
    "howard.quantile": looking.howard_quantiles,
    "johari.": looking.johari,
    "lift.intervals.": effects.lift_intervals,
    "metafor.": many.past_tests,
    "multiplicity.": many.rejections,
    "obp.ope.": policies.open_bandit,
    "posthog.bayes": growthbook.growthbook_belief,
    "posthog.ttest.": growthbook.growthbook_test,
    "r.fisher": effects.r_fisher,
    "r.power.prop": planning.r_power_of_rates,
    "r.power.t": planning.r_power_of_means,
    "r.prop.test": effects.r_rates,
    "r.sleep.": effects.r_t_test,
    "savvi.": looking.regression,
    "spotify.noninferiority.": effects.spotify_margin,
    "spotify.samplesize.": planning.spotify_sample_size,
    "spotify.seqbounds.": looking.spending_bounds,
    "spotify.ztest.bonferroni": many.spotify_bonferroni,
    "ssrm.": balance.sequential_sample_ratio,
    "statsmodels.ttestindpower": planning.cohen_units,
    "tt.mannwhitney": effects.tea_ranks,
    "tt.mean": effects.tea_mean,
    "tt.multiplicity.": many.tea_adjusted,
    "tt.power.": planning.tea_power,
    "tt.proportion.": effects.tea_proportion,
    "tt.ratio": effects.tea_mean,
    "tt.srm.": balance.tea_sample_ratio,
}

__all__ = ["ANSWERS", "Answer", "NotCovered", "Vector"]
