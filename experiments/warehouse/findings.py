"""A declaration and an engine in, every arm against control out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from experiments import stats
from experiments.plans import MetricSpec
from experiments.warehouse.assembly import Amount, Figures, moments_of
from experiments.warehouse.comparing import Comparison, compare_arms, compare_samples
from experiments.warehouse.declaration import Declaration
from experiments.warehouse.engines import Row, fetch
from experiments.warehouse.errors import DeclarationInvalid, WarehouseUnavailable

# Engines that only have an approximate quantile, and those whose variances need a centre.
APPROXIMATE_QUANTILES = ("bigquery",)
UNSTABLE_VARIANCES = ("clickhouse",)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFinding:
    """Attributes:
    metric: With its cap as a number, where it has one.
    totals: The sum of the values in each arm (of a share: the units that did it).
    comparisons: Every arm against control, in each view.
    """

    metric: MetricSpec
    totals: Mapping[str, Amount]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the warehouse says.

    Attributes:
        units: By declared arm.
        balance: Of the split; None while there are no units.
        undeclared: Units in arms that the file does not name: left out.
        in_several_arms: Units that saw more than one arm: they count for the first.
    """

    name: str
    until: datetime | None
    control: str
    confidence: float
    units: Mapping[str, int]
    balance: stats.Balance | None
    undeclared: Mapping[str, int]
    in_several_arms: int
    metrics: tuple[MetricFinding, ...]


def analyse(engine: Any, declared: Declaration, *, until: datetime | None = None) -> Findings:
    """Ask the engine for the moments, and compare.

    Args:
        engine: As `open_engine` gives it.
        declared: Where the tables are and what counts.
        until: Events and exposures after it stay out; None: the declaration's own, or everything.

    Raises:
        WarehouseUnavailable: A table or column is missing, or the engine refuses the question.
        DeclarationInvalid: There is an `until`, and a table of units, which has no times.
    """
    until = until or declared.until
    answer = (_of_units if declared.units else _of_log)(engine, declared, until)
    sizes = Counter[str]()
    for row in answer.counts:
        sizes[row["arm"]] += int(row["exposed"])
    units = {arm.key: sizes.pop(arm.key, 0) for arm in declared.arms}
    return Findings(
        name=declared.name,
        until=until,
        control=declared.control.key,
        confidence=declared.confidence,
        units=units,
        balance=_balance(declared, units),
        undeclared=dict(sizes),
        in_several_arms=sum(
            int(row["exposed"]) for row in answer.counts if row.get("is_in_several_arms")
        ),
        metrics=_metric_findings(answer, declared, _quantiles(engine, answer, units)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """The engine's rows, and the table of everyone for those metrics that need it."""

    rows: list[Row]
    counts: list[Row]
    metrics: Sequence[MetricSpec]
    everyone: Callable[[], Any]


def _of_log(engine: Any, declared: Declaration, until: datetime | None) -> _Answer:
    from experiments.warehouse import definitions, quantiles, tables
    from experiments.warehouse.aggregates import unit_moments
    from experiments.warehouse.unit_tables import measured_units

    assert declared.exposures and declared.events  # noqa: S101, PT018 - the declaration's promise
    exposures = tables.exposures_of(engine, declared.exposures)
    exposures = definitions.assigned_until(exposures, until)
    events = tables.events_of(engine, declared.events)
    units = definitions.unit_outcomes(
        exposures.drop("is_in_several_arms"), events, declared.metrics, until=until
    )
    metrics = _with_caps(engine, units, declared.metrics)
    by = ("arm", "stratum")
    if engine.name in UNSTABLE_VARIANCES:
        with _refusals(engine):
            rows = measured_units(engine, units, metrics, by)
    else:
        rows = _ask(engine, unit_moments(units, metrics, by))
    counts = _ask(engine, definitions.unit_counts(exposures, (*by, "is_in_several_arms")))
    return _Answer(
        rows=rows,
        counts=counts,
        metrics=metrics,
        everyone=lambda: quantiles.everyone(exposures, units, metrics),
    )


def _of_units(engine: Any, declared: Declaration, until: datetime | None) -> _Answer:
    if until is not None:
        raise DeclarationInvalid("a table of units has no times in it: leave `until` out")
    from experiments.warehouse import tables
    from experiments.warehouse.unit_tables import measured_units

    units = tables.units_of(engine, declared)
    metrics = _with_caps(engine, units, declared.metrics)
    by = ("arm", "stratum") if declared.units and declared.units.stratum else ("arm",)
    with _refusals(engine):
        rows = measured_units(engine, units, metrics, by)
    counts = [{**row, "exposed": row["units"]} for row in rows]
    return _Answer(rows=rows, counts=counts, metrics=metrics, everyone=lambda: units)


def _metric_findings(
    answer: _Answer, declared: Declaration, quantiles: Mapping[tuple[str, str], stats.Mean]
) -> tuple[MetricFinding, ...]:
    overall: dict[tuple[str, str], Figures] = {}
    for (key, _, arm), part in moments_of(answer.rows, answer.counts, answer.metrics).items():
        overall[key, arm] = overall[key, arm] + part if (key, arm) in overall else part
    order = [declared.control.key, *(arm.key for arm in declared.arms if not arm.is_control)]
    return tuple(
        _metric_finding(
            metric,
            {arm: overall[metric.key, arm] for arm in order if (metric.key, arm) in overall},
            {arm: quantiles[metric.key, arm] for arm in order if (metric.key, arm) in quantiles},
            declared,
        )
        for metric in answer.metrics
    )


def _metric_finding(
    metric: MetricSpec,
    arms: Mapping[str, Figures],
    quantiles: Mapping[str, stats.Mean],
    declared: Declaration,
) -> MetricFinding:
    control, confidence = declared.control.key, declared.confidence
    comparisons: tuple[Comparison, ...] = ()
    if metric.kind == "quantile" and control in quantiles:
        comparisons = compare_samples(quantiles, control=control, confidence=confidence)
    elif metric.kind != "quantile" and control in arms:
        comparisons = compare_arms(metric, arms, control=control, confidence=confidence)
    return MetricFinding(
        metric=metric,
        totals={arm: found.total for arm, found in arms.items()},
        comparisons=comparisons,
    )


def _quantiles(
    engine: Any, answer: _Answer, sizes: Mapping[str, int]
) -> dict[tuple[str, str], stats.Mean]:
    from experiments.warehouse.quantiles import quantile_points, samples_from

    if all(metric.kind != "quantile" for metric in answer.metrics):
        return {}
    is_exact = engine.name not in APPROXIMATE_QUANTILES
    points = quantile_points(answer.everyone(), answer.metrics, sizes, is_exact=is_exact)
    return samples_from(_ask(engine, points)[0], answer.metrics, sizes)


def _with_caps(engine: Any, units: Any, metrics: Sequence[MetricSpec]) -> Sequence[MetricSpec]:
    from experiments.warehouse.definitions import cap_thresholds, with_caps

    is_exact = engine.name not in APPROXIMATE_QUANTILES
    thresholds = cap_thresholds(units, metrics, is_exact=is_exact)
    if thresholds is None:
        return metrics
    return with_caps(metrics, _ask(engine, thresholds)[0])


def _ask(engine: Any, expression: Any) -> list[Row]:
    with _refusals(engine):
        return fetch(engine, expression)


@contextmanager
def _refusals(engine: Any) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # each engine has errors of its own
        raise WarehouseUnavailable(f"{engine.name} refuses the question: {error}") from error


def _balance(declared: Declaration, units: Mapping[str, int]) -> stats.Balance | None:
    if not sum(units.values()):
        return None
    weights = [arm.weight for arm in declared.arms]
    return stats.check_sample_ratio(list(units.values()), weights)
