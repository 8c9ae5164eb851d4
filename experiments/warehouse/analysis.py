"""A declaration and an engine in, the report of the product's own tests out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from experiments import stats
from experiments.outcomes import Samples
from experiments.plans import ArmPlan, MetricSpec
from experiments.results import Setup, results_for
from experiments.warehouse.declaration import Declaration
from experiments.warehouse.engines import Row
from experiments.warehouse.errors import DeclarationInvalid, WarehouseUnavailable
from experiments.warehouse.sampling import samples_from

SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the warehouse says.

    Attributes:
        name: Of the test.
        until: The moment the figures are of; None: of a table without times.
        metrics: As they were counted, caps at a quantile as numbers.
        results: The document that the product keeps of an analysis.
        undeclared: Units in arms that the file does not name: left out.
        in_several_arms: Units that saw more than one arm: they count for the first.
    """

    name: str
    until: datetime | None
    metrics: tuple[MetricSpec, ...]
    results: dict[str, Any]
    undeclared: Mapping[str, int]
    in_several_arms: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the figures must know of the tables."""
        left_out = ", ".join(f"{arm} {size:,}" for arm, size in self.undeclared.items())
        several = f"{self.in_several_arms:,}"
        return (
            *([f"Left out, of arms the file does not name: {left_out}"] if left_out else []),
            *(
                [f"In several arms, counted for the first: {several}"]
                if self.in_several_arms
                else []
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an engine was asked for.

    Attributes:
        samples: Of declared arms and others.
        metrics: With their caps as numbers.
        days: For how long there were exposures; None: the table has no times.
        in_several_arms: Units that saw more than one arm.
    """

    samples: Samples
    metrics: tuple[MetricSpec, ...]
    days: float | None = None
    in_several_arms: int = 0


def analyse(
    engine: Any, declared: Declaration, *, until: datetime | None = None, now: datetime
) -> Report:
    """Ask the engine for the moments, and make the report of them.

    Args:
        engine: As `open_engine` gives it.
        declared: Where the tables are and what counts.
        until: Events and exposures after it stay out; None: the declaration's own, or `now`.
        now: What the time is.

    Raises:
        WarehouseUnavailable: A table or column is missing, the engine refuses the question, or its
            answer cannot be.
        DeclarationInvalid: There is an `until`, and a table of units, which has no times.
    """
    until = until or declared.until
    with _impossible(engine):
        if declared.units is not None:
            if until is not None:
                raise DeclarationInvalid("a table of units has no times in it: leave `until` out")
            answer = _of_units(engine, declared)
        else:
            until = until or now
            answer = _of_log(engine, declared, until)
    known = {arm.key for arm in declared.arms}
    samples = _of_arms(answer.samples, known)
    return Report(
        name=declared.name,
        until=until,
        metrics=answer.metrics,
        results=results_for(setup_of(declared, answer, samples), samples),
        undeclared={
            arm: answer.samples.units_of(arm)
            for arm in sorted({arm for _, arm in answer.samples.units} - known)
        },
        in_several_arms=answer.in_several_arms,
    )


def setup_of(declared: Declaration, answer: Answer, samples: Samples) -> Setup:
    settings = declared.settings
    ran = answer.days if settings.days is None else float(settings.days)
    return Setup(
        arms=tuple(
            ArmPlan(
                id=place, key=arm.key, weight=arm.weight, is_control=arm.is_control, name=arm.name
            )
            for place, arm in enumerate(declared.arms)
        ),
        metrics=answer.metrics,
        rule=settings.rule(sum(samples.units.values())),
        minimums=settings.minimums,
        # Nobody said how long it ran: then the days cannot be what holds a verdict back.
        days=float(settings.minimum_days) if ran is None else ran,
        correction=settings.correction,
        primary_share=settings.primary_share,
    )


def _of_arms(samples: Samples, known: set[str]) -> Samples:
    """Without the units of arms that are not known."""
    return replace(
        samples,
        units={key: units for key, units in samples.units.items() if key[1] in known},
        mature={
            metric: {key: units for key, units in counted.items() if key[1] in known}
            for metric, counted in samples.mature.items()
        },
    )


def _of_log(engine: Any, declared: Declaration, until: datetime) -> Answer:
    from experiments.warehouse import definitions, maturity, tables

    assert declared.exposures and declared.events  # noqa: S101, PT018 - the declaration's promise
    ends = maturity.cohort_ends(declared.metrics, until)
    exposures = definitions.assigned_until(tables.exposures_of(engine, declared.exposures), until)
    exposures = definitions.with_cohort(exposures, ends)
    events = tables.events_of(engine, declared.events)
    units = definitions.unit_outcomes(
        exposures.drop("is_in_several_arms"), events, declared.metrics, until=until
    )
    metrics = _with_caps(engine, units, declared.metrics)
    by = ("arm", "stratum", "cohort")
    rows = _moments(engine, units, metrics, by)
    counts = _ask(
        engine, definitions.unit_counts(exposures, (*by, "is_in_several_arms"), with_times=True)
    )
    samples = samples_from(rows, counts, metrics, until=until)
    if _has_quantiles(metrics):
        from experiments.warehouse.quantiles import everyone

        whole = everyone(exposures, units, metrics)
        samples = _with_quantiles(
            engine, whole, metrics, samples, until, confidence=declared.settings.confidence
        )
    return Answer(
        samples=samples,
        metrics=metrics,
        days=_days(counts, until),
        in_several_arms=sum(int(row["exposed"]) for row in counts if row["is_in_several_arms"]),
    )


def _of_units(engine: Any, declared: Declaration) -> Answer:
    from experiments.warehouse import tables
    from experiments.warehouse.unit_tables import measured_units, without_nulls

    units = tables.units_of(engine, declared)
    metrics = _with_caps(engine, units, declared.metrics)
    by = ("arm", "stratum") if declared.units and declared.units.stratum else ("arm",)
    with _refusals(engine):
        rows = measured_units(engine, units, metrics, by)
    samples = samples_from(
        rows, [{**row, "exposed": row["units"]} for row in rows], metrics, until=None
    )
    if _has_quantiles(metrics):
        from experiments.warehouse.unit_tables import with_texts

        whole = with_texts(without_nulls(units))
        samples = _with_quantiles(
            engine, whole, metrics, samples, None, confidence=declared.settings.confidence
        )
    return Answer(samples=samples, metrics=metrics)


def _moments(
    engine: Any, units: Any, metrics: Sequence[MetricSpec], by: Sequence[str]
) -> list[Row]:
    from experiments.warehouse.aggregates import unit_moments
    from experiments.warehouse.unit_tables import measured_units

    # Its variances need a centre.
    if engine.name == "clickhouse":
        with _refusals(engine):
            return measured_units(engine, units, metrics, by)
    return _ask(engine, unit_moments(units, metrics, by))


def _with_caps(engine: Any, units: Any, metrics: Sequence[MetricSpec]) -> tuple[MetricSpec, ...]:
    from experiments.warehouse.definitions import cap_thresholds, with_caps

    thresholds = cap_thresholds(units, metrics, is_exact=_is_exact(engine))
    if thresholds is None:
        return tuple(metrics)
    return with_caps(metrics, _ask(engine, thresholds)[0])


def _has_quantiles(metrics: Sequence[MetricSpec]) -> bool:
    return any(metric.kind == "quantile" for metric in metrics)


def _with_quantiles(
    engine: Any,
    whole: Any,
    metrics: Sequence[MetricSpec],
    samples: Samples,
    until: datetime | None,
    *,
    confidence: float,
) -> Samples:
    from experiments.warehouse.maturity import last_cohorts
    from experiments.warehouse.quantiles import quantile_points, ranked_from, slices_of

    cohorts = last_cohorts(metrics, until) if until else {}
    slices = slices_of(metrics, samples, cohorts, confidence=confidence)
    if not slices:
        return samples
    row = _ask(engine, quantile_points(whole, slices, is_exact=_is_exact(engine)))[0]
    return replace(samples, ranked=ranked_from(row, metrics, slices))


def _is_exact(engine: Any) -> bool:
    """BigQuery has no exact quantile among its aggregates."""
    return bool(engine.name != "bigquery")


def _days(counts: Sequence[Row], until: datetime) -> float:
    """Whole days since the first exposure."""
    first = min((int(row["first_at"]) for row in counts), default=None)
    if first is None:
        return 0.0
    return float((until.astimezone(UTC).timestamp() - first) // SECONDS_A_DAY)


def _ask(engine: Any, expression: Any) -> list[Row]:
    from experiments.warehouse.engines import fetch

    with _refusals(engine):
        return fetch(engine, expression)


@contextmanager
def _refusals(engine: Any) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # each engine has errors of its own
        raise WarehouseUnavailable(f"{engine.name} refuses the question: {error}") from error


@contextmanager
def _impossible(engine: Any) -> Iterator[None]:
    try:
        yield
    except stats.SampleImpossible as error:
        raise WarehouseUnavailable(
            f"{engine.name} answers with figures that cannot be (a value that is no finite number, "
            f"or a table that grows meanwhile?): {error}"
        ) from error
