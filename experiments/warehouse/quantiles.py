"""Order statistics of quantile metrics: the three values an interval needs, and no other row.

Engines have a quantile that lies between two values; at the share of a rank it is that value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ibis.expr import types as ir

from experiments.outcomes import Ranked, Samples
from experiments.plans import MetricSpec
from experiments.stats import TooFewUnits, quantile_ranks


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Units whose quantile is asked for.

    Attributes:
        metric: The metric's place.
        arm: Theirs.
        stratum: Theirs; None: of all strata.
        units: How many there are.
        ranks: Whose values are asked for; 1 is the smallest.
        last_cohort: Later ones are not mature; None: all are.
    """

    metric: int
    arm: str
    stratum: str | None
    units: int
    ranks: tuple[int, ...]
    last_cohort: int | None = None


def everyone(exposures: ir.Table, units: ir.Table, metrics: Sequence[MetricSpec]) -> ir.Table:
    """All units with the values of the quantile metrics: 0 for those that did nothing."""
    names = [f"m{index}_value" for index in _places(metrics)]
    done = units.select("unit_id", *names).rename(done_by="unit_id")
    beside = exposures.left_join(done, exposures.unit_id == done.done_by)
    groups = [name for name in ("arm", "stratum", "cohort") if name in exposures.columns]
    return beside.select(*groups, **{name: beside[name].fill_null(0) for name in names})


def slices_of(
    metrics: Sequence[MetricSpec],
    samples: Samples,
    last_cohorts: Mapping[str, int],
    *,
    confidence: float,
) -> list[Slice]:
    """Every quantile metric's arms, and their strata; those with too few units are left out."""
    strata = samples.strata if any(samples.strata) else ()
    return [
        each
        for place in _places(metrics)
        for arm in sorted({arm for _, arm in samples.units})
        for stratum in (None, *strata)
        for each in _slice(metrics[place], place, arm, stratum, samples, last_cohorts, confidence)
    ]


def _slice(
    metric: MetricSpec,
    place: int,
    arm: str,
    stratum: str | None,
    samples: Samples,
    last_cohorts: Mapping[str, int],
    confidence: float,
) -> Iterator[Slice]:
    units = _size(samples, metric, arm, stratum)
    try:
        at = quantile_ranks(units, share=metric.quantile or 0.5, confidence=confidence)
    except TooFewUnits:
        return
    yield Slice(
        metric=place,
        arm=arm,
        stratum=stratum,
        units=units,
        ranks=tuple(sorted({at.low, at.middle, at.high})),
        last_cohort=last_cohorts.get(metric.key),
    )


def quantile_points(units: ir.Table, slices: Sequence[Slice], *, is_exact: bool) -> ir.Table:
    """One row with the values at the ranks of each slice.

    Args:
        units: One row for each unit, those that did nothing included.
        slices: At least one.
        is_exact: Whether the engine has an exact quantile.
    """
    points = {}
    for place, each in enumerate(slices):
        value = units[f"m{each.metric}_value"].cast("float64")
        ask = value.quantile if is_exact else value.approx_quantile
        for rank in each.ranks:
            share = (rank - 1) / max(each.units - 1, 1)
            points[f"q{place}_{rank}"] = ask(share, where=_is_in(units, each))
    return units.aggregate(**points)


def ranked_from(
    row: Mapping[str, Any], metrics: Sequence[MetricSpec], slices: Sequence[Slice]
) -> dict[tuple[str, str | None, str], Ranked]:
    """By (metric key, stratum or None, arm), from a row of `quantile_points`."""
    return {
        (metrics[each.metric].key, each.stratum, each.arm): Ranked(
            units=each.units,
            values={rank: float(row[f"q{place}_{rank}"]) for rank in each.ranks},
        )
        for place, each in enumerate(slices)
    }


def _places(metrics: Sequence[MetricSpec]) -> list[int]:
    return [index for index, metric in enumerate(metrics) if metric.kind == "quantile"]


def _size(samples: Samples, metric: MetricSpec, arm: str, stratum: str | None) -> int:
    counted = samples.units_for(metric.key)
    strata = samples.strata if stratum is None else (stratum,)
    return sum(counted.get((each, arm), 0) for each in strata)


def _is_in(units: ir.Table, each: Slice) -> ir.BooleanValue:
    inside = units.arm == each.arm
    if each.stratum is not None:
        inside &= units.stratum == each.stratum
    return inside if each.last_cohort is None else inside & (units.cohort <= each.last_cohort)
