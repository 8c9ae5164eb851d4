"""The file in which a company says where its tables are and what is to be counted.

TOML or JSON of the same shape; `docs/how-to/analyse-your-warehouse.md` shows it.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from experiments.plans import ArmSpec, MetricSpec
from experiments.warehouse.columns import columns_of, may_be_capped
from experiments.warehouse.errors import DeclarationInvalid
from experiments.warehouse.sections import Section
from experiments.warehouse.settings import Settings, settings_from
from experiments.warehouse.unit_columns import UnitColumns

KINDS = ("conversion", "retention", "count", "sum", "ratio", "quantile")
ROLES = ("goal", "secondary", "guardrail")
PARTS = ("sum", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposuresTable:
    """Who got which arm, and when; `stratum` may be empty. The first row of a unit holds."""

    table: str
    unit_id: str
    arm: str
    assigned_at: str
    stratum: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsTable:
    """Who did what, and when; `value` may be empty when no metric sums."""

    table: str
    unit_id: str
    name: str
    occurred_at: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsTable:
    """One row per unit, everyone exposed included."""

    table: str
    arm: str
    stratum: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """Either `exposures` and `events`, or `units` with `columns`, one for each metric."""

    name: str
    settings: Settings
    until: datetime | None
    arms: tuple[ArmSpec, ...]
    metrics: tuple[MetricSpec, ...]
    exposures: ExposuresTable | None = None
    events: EventsTable | None = None
    units: UnitsTable | None = None
    columns: tuple[UnitColumns, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """Their names, to be looked for."""
        sources = (self.exposures, self.events, self.units)
        return tuple(source.table for source in sources if source is not None)

    @property
    def control(self) -> ArmSpec:
        return next(arm for arm in self.arms if arm.is_control)


def read_declaration(file: Path) -> Declaration:
    """Read and check a file.

    Raises:
        DeclarationInvalid: It cannot be read, or says what cannot be; the message has the cure.
    """
    try:
        text = file.read_text(encoding="utf-8")
        # Decimals, so that a cap of 0.1 is a tenth.
        if file.suffix == ".json":
            found = json.loads(text, parse_float=Decimal)
        else:
            found = tomllib.loads(text, parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise DeclarationInvalid(f"{file} cannot be read: {error}") from error
    return declaration_from(found)


def declaration_from(found: Mapping[str, Any]) -> Declaration:
    """Check what a file says.

    Raises:
        DeclarationInvalid: Something in it cannot be.
    """
    whole = Section("the file", found)
    head, by_unit = whole.part("experiment"), whole.has("units")
    head.place = "[experiment]"
    if by_unit and (whole.has("exposures") or whole.has("events")):
        raise DeclarationInvalid("the file has [units] beside [exposures] or [events]: keep one")
    sources = _units(whole) if by_unit else _log(whole)
    metrics = [
        _metric(Section(f"[[metrics]] {place}", values), by_unit=by_unit)
        for place, values in enumerate(_list(whole, "metrics"), start=1)
    ]
    declared = Declaration(
        name=head.text("name", "Experiment"),
        settings=settings_from(head),
        until=head.moment("until"),
        arms=_arms(whole),
        metrics=_with_a_goal([metric for metric, _ in metrics]),
        columns=tuple(columns for _, columns in metrics if columns is not None),
        **sources,
    )
    head.finish()
    whole.finish()
    _once("[[metrics]]", [metric.key for metric in declared.metrics])
    return declared


def _log(whole: Section) -> dict[str, Any]:
    for name in ("exposures", "events"):
        if not whole.has(name):
            raise DeclarationInvalid(
                f"[{name}] is missing: say where the {name} are, or declare [units], a table with "
                "one row per unit"
            )
    exposures, events = whole.part("exposures"), whole.part("events")
    exposures.place, events.place = "[exposures]", "[events]"
    found = {
        "exposures": ExposuresTable(
            table=exposures.text("table", "exposures"),
            unit_id=exposures.text("unit_id", "unit_id"),
            arm=exposures.text("arm", "arm"),
            assigned_at=exposures.text("assigned_at", "assigned_at"),
            stratum=exposures.text("stratum", ""),
        ),
        "events": EventsTable(
            table=events.text("table", "events"),
            unit_id=events.text("unit_id", "unit_id"),
            name=events.text("name", "name"),
            occurred_at=events.text("occurred_at", "occurred_at"),
            value=events.text("value", ""),
        ),
    }
    exposures.finish()
    events.finish()
    return found


def _units(whole: Section) -> dict[str, Any]:
    units = whole.part("units")
    units.place = "[units]"
    found = UnitsTable(
        table=units.text("table", "units"),
        arm=units.text("arm", "arm"),
        stratum=units.text("stratum", ""),
    )
    units.finish()
    return {"units": found}


def _arms(whole: Section) -> tuple[ArmSpec, ...]:
    arms = []
    for place, values in enumerate(_list(whole, "arms"), start=1):
        part = Section(f"[[arms]] {place}", values)
        key, weight = part.text("key"), part.number("weight")
        arms.append(
            ArmSpec(
                key=key,
                name=part.text("name", key),
                weight=1.0 if weight is None else weight,
                is_control=part.flag("is_control"),
            )
        )
        part.finish()
    _once("[[arms]]", [arm.key for arm in arms])
    if len(arms) < 2 or sum(arm.is_control for arm in arms) != 1:
        raise DeclarationInvalid(
            "[[arms]]: there must be two arms or more, one of them with is_control = true"
        )
    if min(arm.weight for arm in arms) < 0 or not sum(arm.weight for arm in arms):
        raise DeclarationInvalid("[[arms]]: weight must be 0 or more, and not 0 for every arm")
    return tuple(arms)


def _metric(part: Section, *, by_unit: bool) -> tuple[MetricSpec, UnitColumns | None]:
    key = part.text("key")
    part.place = f"metric {key}"
    kind = part.text("kind", among=KINDS)
    metric = MetricSpec(
        key=key,
        name=part.text("name", key),
        kind=kind,
        event_name=part.text("event_name", "" if by_unit else None),
        role=part.text("role", "secondary", among=ROLES),
        is_lower_better=part.flag("is_lower_better"),
        window_starts_hours=part.whole("window_starts_hours") or 0,
        window_hours=part.whole("window_hours"),
        numerator=part.text("numerator", "sum", among=PARTS),
        denominator_event=part.text(
            "denominator_event", None if kind == "ratio" and not by_unit else ""
        ),
        denominator=part.text("denominator", "count", among=PARTS),
        cap=part.exact("cap"),
        cap_quantile=part.number("cap_quantile"),
        covariate_days=part.whole("covariate_days"),
        quantile=part.number("quantile"),
        margin=part.number("margin"),
        is_margin_relative=part.flag("is_margin_relative", default=True),
    )
    columns = _columns(part.part("columns"), metric) if by_unit else None
    part.finish()
    _check(part, metric)
    return metric, columns


def _with_a_goal(metrics: Sequence[MetricSpec]) -> tuple[MetricSpec, ...]:
    """Where no metric is called the goal, the first one is: a verdict is about something."""
    if any(metric.role == "goal" for metric in metrics):
        return tuple(metrics)
    return (replace(metrics[0], role="goal"), *metrics[1:])


def _columns(part: Section, metric: MetricSpec) -> UnitColumns:
    """Those that the metric needs, and no other."""
    needed = {column.name.partition("_")[2] for column in columns_of(0, metric)}
    if "before" not in needed and part.has("before"):
        raise part.wrong("before", "needs covariate_days beside: over how many days it is")
    found = {key: part.text(key) for key in sorted(needed)}
    part.finish()
    return UnitColumns(**found)


def _check(part: Section, metric: MetricSpec) -> None:
    if metric.kind == "quantile" and metric.quantile is None:
        raise part.wrong("quantile", "is missing; write e.g. quantile = 0.9")
    for key in ("quantile", "cap_quantile"):
        part.share(key, getattr(metric, key))
    for key in ("cap", "cap_quantile"):
        if getattr(metric, key) is not None and not may_be_capped(metric):
            raise part.wrong(key, f"is nothing that a {metric.kind} has; leave it out")
    for key in ("cap", "covariate_days", "margin", "window_hours"):
        value = getattr(metric, key)
        if value is not None and value <= 0:
            raise part.wrong(key, f"is {value}; it must be above 0, or left out")
    if metric.window_hours is not None and metric.window_starts_hours >= metric.window_hours:
        raise part.wrong("window_hours", "must be after window_starts_hours")


def _list(whole: Section, key: str) -> list[Mapping[str, Any]]:
    whole.known.add(key)
    found = whole.values.get(key, [])
    if not isinstance(found, list) or not found:
        raise DeclarationInvalid(f"[[{key}]] is missing: declare one or more")
    return found


def _once(place: str, keys: list[str]) -> None:
    for key, times in Counter(keys).items():
        if times > 1:
            raise DeclarationInvalid(f"{place}: key {key!r} is there {times} times; give each one")
