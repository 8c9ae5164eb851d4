"""Families of comparisons: the chance of a false alarm is shared by all that belong together.

The goals are one family over all arms, and the verdict rests on it. Every other metric is one over
its arms, and its segments are one over arms and segments.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from experiments import stats
from experiments.results.comparisons import Comparison, Comparisons, Pair
from experiments.results.looking import stretch_lift
from experiments.results.samples import Arms, as_mean
from experiments.stats.multiplicity import Correction

# Of several goals the weights can be kept by these only.
WEIGHTED = ("holm",)


def adjust(
    family: Sequence[Comparisons],
    *,
    correction: str = "holm",
    weights: Sequence[float] | None = None,
) -> list[dict[str, Comparison]]:
    """Adjust all comparisons of the tables given, which are one family.

    Args:
        family: Tables of comparisons by arm.
        correction: Which adjustment.
        weights: One for each table: its comparisons' share of the level.
    """
    places = [
        (index, arm)
        for index, table in enumerate(family)
        for arm, found in table.items()
        if found.pair is not None
    ]
    differences = [found.pair.difference for found in _at(family, places) if found.pair]
    each = [weights[index] for index, _ in places] if weights and correction in WEIGHTED else None
    adjusted = [dict(table) for table in family]
    for (index, arm), difference in zip(
        places,
        stats.adjust_family(differences, correction=cast(Correction, correction), weights=each),
        strict=True,
    ):
        adjusted[index][arm] = _with_family(adjusted[index][arm], difference)
    return adjusted


def adjust_by_dunnett(
    table: Comparisons, arms: Arms, *, control: str, confidence: float
) -> dict[str, Comparison]:
    """Dunnett's test: the arms share a control, which is worth more than Holm knows of."""
    keys = [arm for arm, found in table.items() if found.pair is not None]
    if not keys:
        return dict(table)
    found = stats.compare_with_control(
        as_mean(arms.compared[control]),
        [as_mean(arms.compared[arm]) for arm in keys],
        confidence=confidence,
    )
    adjusted = {arm: _with_family(table[arm], each) for arm, each in zip(keys, found, strict=True)}
    return {**table, **adjusted}


def _at(family: Sequence[Comparisons], places: Sequence[tuple[int, str]]) -> list[Comparison]:
    return [family[index][arm] for index, arm in places]


def _with_family(found: Comparison, adjusted: stats.Difference) -> Comparison:
    """The lift's interval is stretched as far as the difference's was."""
    assert found.pair is not None  # noqa: S101 - only those were adjusted
    lift = found.pair.lift
    if adjusted is found.pair.difference:
        return replace(found, family=found.pair)
    if lift is not None:
        factor = _half(adjusted) / _half(found.pair.difference)
        try:
            lift = stretch_lift(lift, factor)
        except stats.RatioTooUncertain:
            lift = stretch_lift(lift, math.inf)
    return replace(found, family=Pair(difference=adjusted, lift=lift))


def _half(difference: stats.Difference) -> float:
    return difference.high - difference.estimate


def goal_weights(goals: Sequence[Comparisons], share: float) -> list[float]:
    """Each goal's comparisons share its part of the level; the first goal's part is given."""
    parts = stats.primary_weights(len(goals), share=share)
    return [part / max(len(table), 1) for part, table in zip(parts, goals, strict=True)]
