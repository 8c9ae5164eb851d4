"""One row per unit -> moments of each group, in one pass of the engine.

Two ways to the same columns. Without centres the engine's own `var_pop` and `covar_pop` run, which
most engines keep stable, at about twice the price of sums. With centres the sums are of deviations
from a rough mean (Chan, Golub and LeVeque's "shifted data" algorithm): as fast as sums of squares,
and as safe as the centre is good, which `is_centred` checks on the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ibis.expr import types as ir

from experiments.plans import MetricSpec
from experiments.warehouse.columns import Block, blocks_of, covariance_name, mean_name
from experiments.warehouse.definitions import capped

SAMPLE_ROWS = 10_000

# A squared offset of so many variances costs that factor in rounding: 1e4 leaves 12 digits of 16.
WORST_OFFSET = 1e4
# Below this the offset is harmless, and not subtracting is faster.
HARMLESS_OFFSET = 10.0


def unit_moments(
    units: ir.Table,
    metrics: Sequence[MetricSpec],
    by: Sequence[str] = ("arm", "stratum"),
    *,
    centres: Mapping[str, float] | None = None,
    with_converters: bool = True,
) -> ir.Table:
    """Means, variances and covariances per group of the rows there are; one row per group.

    Args:
        units: A table as of `unit_outcomes`, or the company's own under those names; with `centres`
            a null of a column without one is a zero.
        metrics: As given to `unit_outcomes`, with `cap` a number where there is one.
        by: The columns to group by.
        centres: A rough mean for each column (0 where it is missing), see above.
        with_converters: Whether to count them for metrics that are no shares: it takes a tenth of
            the time.

    Returns:
        Columns `by`; `units`, the number of rows; for each column c of a metric `mean_{c}`; for
        each two columns a, b of one metric, in the order of its `Moments`, `cov_{a}__{b}` (a = b:
        the variance), of the population; `m{i}_total`, exact in the column's type; and
        `m{i}_converters`, the rows whose value is not 0.
    """
    units = capped(units, metrics)
    blocks = blocks_of(metrics)
    own = _counted(units, metrics, with_converters=with_converters)
    if centres is None:
        return units.group_by(list(by)).aggregate(**own, **_engine_moments(units, blocks))
    sums = units.group_by(list(by)).aggregate(**own, **_shifted_sums(units, blocks, centres))
    # The sum of nothing but nulls is null.
    totals = {name: sums[name].fill_null(0) for name in own}
    return sums.select(*by, **totals, **_from_sums(sums, blocks, centres))


def with_exposed(moments: ir.Table, counts: ir.Table, by: Sequence[str]) -> ir.Table:
    """Counts and moments in one answer, so in one snapshot; a group may have no moments (null).

    Args:
        moments: Of `unit_moments`.
        counts: Of `unit_counts`, by the same columns.
        by: Those columns.
    """
    beside = moments.rename({f"of_{name}": name for name in by})
    joined = counts.left_join(beside, [counts[name] == beside[f"of_{name}"] for name in by])
    return joined.drop(*(f"of_{name}" for name in by))


def rough_means(units: ir.Table, metrics: Sequence[MetricSpec]) -> ir.Table:
    """One row of means and variances over the first rows there are, for `centres_from`."""
    units = capped(units, metrics)
    sample = units.select(*_columns(blocks_of(metrics))).limit(SAMPLE_ROWS)
    return sample.aggregate(
        **{mean_name(name): _float(sample, name).mean() for name in sample.columns},
        **{
            covariance_name(name, name): _float(sample, name).var(how="pop")
            for name in sample.columns
        },
    )


def centres_from(row: Mapping[str, Any], metrics: Sequence[MetricSpec]) -> dict[str, float]:
    """The centres worth subtracting, from a row of `rough_means`."""
    blocks = blocks_of(metrics)
    shares = _shares(blocks)
    return {
        name: float(row[mean_name(name)])
        for name in _columns(blocks)
        if name not in shares and _offset(row, name, 0.0) > HARMLESS_OFFSET
    }


def is_centred(
    rows: Iterable[Mapping[str, Any]],
    metrics: Sequence[MetricSpec],
    centres: Mapping[str, float],
) -> bool:
    """Whether every group's mean was near enough to its centre for the variances to be right."""
    blocks = blocks_of(metrics)
    unsafe = [name for name in _columns(blocks) if name not in _shares(blocks)]
    return all(
        _offset(row, name, centres.get(name, 0.0)) <= WORST_OFFSET
        for row in rows
        for name in unsafe
    )


def _offset(row: Mapping[str, Any], name: str, centre: float) -> float:
    """The squared distance of the mean from the centre, in variances; 0 for no rows."""
    mean, variance = row[mean_name(name)], row[covariance_name(name, name)]
    if mean is None or mean == centre or row.get("units") == 1:
        return 0.0
    return float("inf") if variance <= 0 else (mean - centre) ** 2 / variance


def _counted(
    units: ir.Table, metrics: Sequence[MetricSpec], *, with_converters: bool
) -> dict[str, ir.Value]:
    counted: dict[str, ir.Value] = {"units": units.count()}
    for index, metric in enumerate(metrics):
        value = units[f"m{index}_value"]
        counted[f"m{index}_total"] = value.sum()
        if metric.is_share:
            counted[f"m{index}_converters"] = value.sum()
        elif with_converters:
            counted[f"m{index}_converters"] = (value != 0).ifelse(1, 0).sum()
    return counted


def _engine_moments(units: ir.Table, blocks: Sequence[Block]) -> dict[str, ir.Value]:
    means: dict[str, ir.Value] = {
        mean_name(name): _float(units, name).mean() for name in _columns(blocks)
    }
    return means | {
        covariance_name(a, b): (
            _float(units, a).var(how="pop")
            if a == b
            else _float(units, a).cov(_float(units, b), how="pop")
        )
        for a, b in _pairs(blocks)
    }


def _shifted_sums(
    units: ir.Table, blocks: Sequence[Block], centres: Mapping[str, float]
) -> dict[str, ir.Value]:
    # Without a centre a sum is the column's own, which is the total too: engines share the work.
    off = {
        name: _float(units, name) - centres[name] if name in centres else units[name]
        for name in _columns(blocks)
    }
    sums: dict[str, ir.Value] = {f"sum_{name}": column.sum() for name, column in off.items()}
    return sums | {
        f"sum_{a}__{b}": (off[a].cast("float64") * off[b].cast("float64")).sum()
        for a, b in _pairs(blocks)
        if not (a == b and a in _shares(blocks))
    }


def _from_sums(
    sums: ir.Table, blocks: Sequence[Block], centres: Mapping[str, float]
) -> dict[str, ir.Value]:
    count = sums.units.cast("float64")
    shares = _shares(blocks)
    off = {name: _sum(sums, name) / count for name in _columns(blocks)}
    means = {
        mean_name(name): mean + centres[name] if name in centres else mean
        for name, mean in off.items()
    }
    return means | {
        covariance_name(a, b): (
            # The square of 0 or 1 is itself.
            off[a] * (1.0 - off[a])
            if a == b and a in shares
            else _sum(sums, f"{a}__{b}") / count - off[a] * off[b]
        )
        for a, b in _pairs(blocks)
    }


def _sum(sums: ir.Table, name: str) -> ir.FloatingColumn:
    return _float(sums, f"sum_{name}").fill_null(0.0)


def _float(units: ir.Table, name: str) -> ir.FloatingColumn:
    return units[name].cast("float64")


def _columns(blocks: Sequence[Block]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for block in blocks for name in block.names))


def _pairs(blocks: Sequence[Block]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(pair for block in blocks for pair in block.pairs))


def _shares(blocks: Sequence[Block]) -> frozenset[str]:
    return frozenset(name for block in blocks for name in block.shares)
