"""Which columns a metric has per unit, and which of them make a figure: names only, no engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from experiments.plans import MetricSpec

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One number per unit: how events of a name between two moments are put together.

    Attributes:
        name: As in the table of units.
        event: Name of the events that count.
        how: "share" (1 or 0), "count" or "sum" (of the events' values).
        starts: Hours from the assignment to the first moment that counts; negative: before it.
        ends: Hours from the assignment to the first moment that counts no more; None: never.
    """

    name: str
    event: str
    how: str
    starts: int
    ends: int | None

    @property
    def window(self) -> tuple[str, int, int | None]:
        """Columns of the same window share the look at it."""
        return self.event, self.starts, self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The columns that make one figure of a metric, in the order of its `Moments`.

    Attributes:
        metric: Index of the metric.
        is_capped: The figure with its values capped, beside the raw one.
        names: Value, denominator (of a ratio), value before and denominator before (with a
            covariate).
        shares: Those among them that are 0 or 1 for every unit.
    """

    metric: int
    is_capped: bool
    names: tuple[str, ...]
    shares: frozenset[str]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every two of its columns, and each with itself."""
        return tuple(combinations_with_replacement(self.names, 2))


def columns_of(index: int, metric: MetricSpec) -> tuple[Column, ...]:
    """The columns a metric needs of each unit, in the order of its `Moments`."""
    is_ratio = metric.kind == "ratio"
    parts = [("value", metric.event_name, metric.numerator if is_ratio else _how(metric))]
    if is_ratio:
        parts.append(("denominator", metric.denominator_event, metric.denominator))
    spans: list[tuple[str, int, int | None]] = [
        ("", metric.window_starts_hours, metric.window_hours)
    ]
    if metric.covariate_days:
        spans.append(("before", -metric.covariate_days * HOURS_A_DAY, 0))
    return tuple(
        Column(name=_name(index, part, span), event=event, how=how, starts=starts, ends=ends)
        for span, starts, ends in spans
        for part, event, how in parts
    )


def blocks_of(metrics: Sequence[MetricSpec]) -> tuple[Block, ...]:
    """One block for each metric, and a second for each that is capped."""
    blocks = []
    for index, metric in enumerate(metrics):
        columns = columns_of(index, metric)
        names = tuple(column.name for column in columns)
        shares = frozenset(column.name for column in columns if column.how == "share")
        blocks.append(Block(metric=index, is_capped=False, names=names, shares=shares))
        if is_capped(metric):
            names = tuple(capped_name(name) if is_above(name) else name for name in names)
            blocks.append(Block(metric=index, is_capped=True, names=names, shares=frozenset()))
    return tuple(blocks)


def is_capped(metric: MetricSpec) -> bool:
    """Its values have a bound by now; a share has none, and a quantile does not need one."""
    return metric.cap is not None and may_be_capped(metric)


def may_be_capped(metric: MetricSpec) -> bool:
    return not metric.is_share and metric.kind != "quantile"


def is_above(name: str) -> bool:
    """A column that a cap is for: the value and the same before, never a denominator."""
    return "denominator" not in name


def capped_name(name: str) -> str:
    """
    >>> capped_name("m2_value"), capped_name("m2_before")
    ('m2_capped', 'm2_capped_before')
    """
    index, _, part = name.partition("_")
    return f"{index}_capped" if part == "value" else f"{index}_capped_{part}"


def mean_name(column: str) -> str:
    return f"mean_{column}"


def covariance_name(first: str, second: str) -> str:
    """Of a column with itself it is the variance (of the population, as is the covariance)."""
    return f"cov_{first}__{second}"


def _name(index: int, part: str, span: str) -> str:
    if not span:
        return f"m{index}_{part}"
    return f"m{index}_{span}" if part == "value" else f"m{index}_{part}_{span}"


def _how(metric: MetricSpec) -> str:
    return "share" if metric.is_share else "count" if metric.kind == "count" else "sum"
