"""Our numbers for a vector's inputs, in the shape of what it expects.

To add one: write a function `vector -> {name as in "expected": our number}` in the module of its
topic and name it in `ANSWERS` under the beginning of the ids it answers; the longest one that fits
is asked. What an answer leaves out is named as not compared. Where an id is ours but this variety
of it is not, the function raises `NotCovered` with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from experiments.vectors.answers import (
    adjusted,
    balance,
    beliefs,
    effects,
    looking,
    many,
    planning,
    policies,
)
from experiments.vectors.answers.kinds import Answer, NotCovered, Vector

ANSWERS: Mapping[str, Answer] = {
    "asympcs.multiplier.": looking.anytime_multipliers,
    "asympcs.pvalue.": looking.anytime_p_values,
    "gb.cuped.": adjusted.growthbook_cuped,
    "gb.poststrat.": adjusted.growthbook_strata,
    "gb.seq.": looking.growthbook_sequential,
    "groupseq.classic.": looking.classic_designs,
    "groupseq.landemets.": looking.spending_bounds,
    "howard.normal_mixture.": looking.howard_mixture,
    "johari.": looking.johari,
    "spotify.noninferiority.": adjusted.spotify_margin,
    "spotify.seqbounds.": looking.spending_bounds,
    "tt.ratio": adjusted.tea_ratio,
    "gb.ttest.": effects.growthbook_t,
    "lift.intervals.": effects.lift_intervals,
    "r.sleep.": effects.r_sleep,
    "tt.mean.welch": effects.tea_mean,
    "tt.proportion.": effects.tea_proportion,
    "gb.srm.": balance.growthbook_sample_ratio,
    "tt.srm.": balance.tea_sample_ratio,
    "beta.": beliefs.beta_pair,
    "beta.thompson.": beliefs.best_of_rates,
    "gb.bandit.thompson.": beliefs.growthbook_bandit,
    "obp.ope.": policies.open_bandit,
    "spotify.samplesize.binomial.": planning.spotify_sample_size,
    "tt.multiplicity.holm_bonferroni": many.tea_holm,
}

__all__ = ["ANSWERS", "Answer", "NotCovered", "Vector"]
