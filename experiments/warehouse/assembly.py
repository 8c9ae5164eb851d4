"""The engine's rows -> `Moments`, with everyone who did nothing counted as zero."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from experiments.plans import MetricSpec
from experiments.stats import Measure, Moments, SampleImpossible
from experiments.warehouse.columns import Block, blocks_of, covariance_name, mean_name

Row = Mapping[str, Any]
Amount = int | float | Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the units of an arm (in a stratum) did on one metric.

    Attributes:
        moments: Of value, denominator (of a ratio), value before, denominator before (with a
            covariate), over everyone exposed.
        capped: The same with values capped; None without a cap.
        total: The sum of values, exact where the source is.
        converters: Units whose value is not 0; None where they were not counted.
    """

    moments: Moments
    capped: Moments | None
    total: Amount
    converters: int | None

    def __add__(self, other: Figures) -> Figures:
        capped = None if self.capped is None or other.capped is None else self.capped + other.capped
        return Figures(
            moments=self.moments + other.moments,
            capped=capped,
            total=self.total + other.total,  # type: ignore[operator] # of one source, so one type
            converters=_sum_if_all_known([self.converters, other.converters]),
        )


def moments_of(
    rows: Iterable[Row],
    counts: Iterable[Row],
    metrics: Sequence[MetricSpec],
    *,
    only: Collection[MetricSpec] | None = None,
) -> dict[tuple[str, str, str], Figures]:
    """Figures by (metric key, stratum, arm).

    Groups finer than stratum and arm (days, periods) are put together. The units that have no row
    come in as a block of zeros by the formula of Chan, so a mean is never scaled after the fact
    and no digit cancels.

    Args:
        rows: Of `unit_moments`.
        counts: Of `unit_counts`, by the same columns or coarser ones; may be the rows themselves,
            when they have a column `exposed` beside.
        metrics: As given to `unit_moments`.
        only: Those of them that are wanted; None: all.

    Raises:
        SampleImpossible: A group has more rows than units, or rows and no count.
    """
    exposed: dict[tuple[str, str], int] = {}
    for row in counts:
        exposed[_group(row)] = exposed.get(_group(row), 0) + int(row["exposed"])
    found: dict[tuple[str, str], list[Row]] = {group: [] for group in exposed}
    for row in rows:
        if row["units"]:
            found.setdefault(_group(row), []).append(row)
    return {
        (metric.key, *group): figures_of(parts, exposed.get(group, 0), metrics, index)
        for group, parts in found.items()
        for index, metric in enumerate(metrics)
        if only is None or metric in only
    }


def figures_of(
    rows: Sequence[Row], exposed: int, metrics: Sequence[MetricSpec], index: int
) -> Figures:
    """One metric's figures over `exposed` units, of which those with an event are in `rows`.

    Raises:
        SampleImpossible: There are more rows than units.
    """
    blocks = [block for block in blocks_of(metrics) if block.metric == index]
    silent = exposed - sum(int(row["units"]) for row in rows)
    if silent < 0:
        raise SampleImpossible(f"{-silent} more units have outcomes than were exposed")
    raw, *capped = (_with_silent(block, rows, silent) for block in blocks)
    return Figures(
        moments=raw,
        capped=capped[0] if capped else None,
        total=sum(row[f"m{index}_total"] for row in rows),
        converters=_sum_if_all_known([row.get(f"m{index}_converters") for row in rows]),
    )


def block_moments(block: Block, row: Row) -> Moments:
    """The moments of the rows of one group."""
    units = int(row["units"])
    spread = {
        name: math.sqrt(max(float(row[covariance_name(name, name)]), 0.0)) for name in block.names
    }
    if units < 2:
        spread = dict.fromkeys(block.names, 0.0)
    products = {
        (a, b): units * _within(float(row[covariance_name(a, b)]), spread[a] * spread[b])
        for a, b in block.pairs
    }
    return Moments(
        units=units,
        means=tuple(float(row[mean_name(name)]) for name in block.names),
        products=tuple(
            tuple(products[a, b] if (a, b) in products else products[b, a] for b in block.names)
            for a in block.names
        ),
    )


def outcome_of(metric: MetricSpec) -> Measure:
    """Which columns of its moments make the metric's figure."""
    return Measure(numerator=0, denominator=1 if metric.kind == "ratio" else None)


def covariate_of(metric: MetricSpec) -> Measure | None:
    """Which columns make the same figure before the assignment; None without a covariate."""
    if not metric.covariate_days:
        return None
    if metric.kind == "ratio":
        return Measure(numerator=2, denominator=3)
    return Measure(numerator=1)


def _with_silent(block: Block, rows: Sequence[Row], silent: int) -> Moments:
    width = len(block.names)
    zeros = (0.0,) * width
    start = Moments(units=silent, means=zeros, products=(zeros,) * width)
    return sum((block_moments(block, row) for row in rows), start=start)


def _sum_if_all_known(counts: Sequence[int | None]) -> int | None:
    known = [int(count) for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _within(covariance: float, bound: float) -> float:
    """Rounding may carry a covariance past what its variances allow."""
    return min(max(covariance, -bound), bound)


def _group(row: Row) -> tuple[str, str]:
    return row.get("stratum") or "", row["arm"]
