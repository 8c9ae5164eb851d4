"""Beyond one table: segment against segment, arms against their mean, this test and past ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments import stats
from experiments.outcomes import columns_of
from experiments.plans import MetricSpec
from experiments.results.comparisons import Comparisons
from experiments.results.samples import Arms, Sample, as_mean
from experiments.stats.intervals import quantile

# Segments with fewer units in an arm are weighed together: none has a variance worth the name.
FEWEST_UNITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ShrunkenArm:
    """An arm pulled toward the mean of all arms, and the lift that leaves.

    Attributes:
        mean: Of the arm.
        lift: Over control's shrunken mean; None where control's is not above zero.
    """

    mean: stats.Shrunken
    lift: float | None


def shrunken_arms(
    samples: Mapping[str, Sample], *, control: str, confidence: float
) -> dict[str, ShrunkenArm]:
    """Of three arms and more the best looks better than it is; shrinking takes that back."""
    means = {arm: as_mean(sample) for arm, sample in samples.items()}
    if len(means) < 3 or control not in means:
        return {}
    try:
        shrunken = dict(
            zip(means, stats.shrink_arms(list(means.values()), confidence=confidence), strict=True)
        )
    except stats.StatsError:
        return {}
    base = shrunken[control].estimate
    return {
        arm: ShrunkenArm(mean=mean, lift=mean.estimate / base - 1 if base > 0 else None)
        for arm, mean in shrunken.items()
    }


def interactions(strata: Sequence[Comparisons]) -> dict[str, stats.Interaction]:
    """By arm: does its effect differ between the strata?"""
    found: dict[str, stats.Interaction] = {}
    for arm in {arm for table in strata for arm in table}:
        effects = _effects(strata, arm)
        if len(effects) > 1:
            found[arm] = stats.interaction(list(effects.values()))
    return found


def shrunken_effects(
    strata: Sequence[Comparisons], *, confidence: float
) -> list[dict[str, stats.Shrunken]]:
    """By stratum and arm: the effect pulled toward the arm's effect in all strata."""
    shrunken: list[dict[str, stats.Shrunken]] = [{} for _ in strata]
    for arm in {arm for table in strata for arm in table}:
        effects = _effects(strata, arm)
        if len(effects) > 1:
            found = stats.shrink_effects(list(effects.values()), confidence=confidence)
            for at, each in zip(effects, found, strict=True):
                shrunken[at][arm] = each
    return shrunken


def stratified(
    metric: MetricSpec, strata: Sequence[Arms], arm: str, *, control: str, confidence: float
) -> stats.Difference | None:
    """The difference with each stratum weighed by its share of all units, in both arms alike."""
    if len(strata) < 2:
        return None
    segments = _large_enough([(each.moments[control], each.moments[arm]) for each in strata])
    if len(segments) < 2:
        return None
    try:
        return stats.post_stratify(segments, outcome=columns_of(metric).outcome).difference(
            confidence=confidence
        )
    except stats.StatsError:
        return None


def informed_lift(
    lift: stats.Lift | None, prior: stats.NormalPosterior | None
) -> stats.NormalPosterior | None:
    """The log of the ratio after what past tests found is taken into account.

    Args:
        lift: Under the rule of one look.
        prior: Of the log of the ratio, fitted to past tests.
    """
    if lift is None or prior is None or lift.low <= -1 or not math.isfinite(lift.high):
        return None
    width = math.log1p(lift.high) - math.log1p(lift.low)
    error = width / (2 * quantile(lift.confidence))
    # Two units with this error between them: all that the posterior reads is the mean's variance.
    seen = stats.Mean(units=2, mean=math.log1p(lift.estimate), centred_squares=2 * error**2)
    return stats.mean_posterior(seen, prior=prior) if error else None


def _effects(strata: Sequence[Comparisons], arm: str) -> dict[int, stats.Difference]:
    return {
        at: found.pair.difference
        for at, table in enumerate(strata)
        if (found := table.get(arm)) is not None
        and found.pair is not None
        and found.pair.difference.standard_error > 0
    }


def _large_enough(
    pairs: Sequence[tuple[stats.Moments, stats.Moments]],
) -> list[tuple[stats.Moments, stats.Moments]]:
    """The small ones as one."""
    large = [pair for pair in pairs if min(pair[0].units, pair[1].units) >= FEWEST_UNITS]
    small = [pair for pair in pairs if min(pair[0].units, pair[1].units) < FEWEST_UNITS]
    if not small:
        return large
    rest = (stats.merge([one for one, _ in small]), stats.merge([other for _, other in small]))
    return [*large, rest] if min(rest[0].units, rest[1].units) > 1 else large
