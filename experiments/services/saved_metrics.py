"""The library of metrics: kept, changed, taken out, and carried from file to file.

What an experiment took is a copy: nothing here changes a test that runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from core.audit import audit
from core.errors import InputRefused
from experiments.models import Metric, SavedMetric
from experiments.plans import MetricSpec
from experiments.selectors.metrics import KEPT, saved_fields
from experiments.services.refusals import check_metric

REQUIRED = tuple(
    field.name for field in fields(MetricSpec) if field.default is MISSING and field.name in KEPT
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many metrics of a file were new, changed, or as they were."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@transaction.atomic
def saved_metric_create(metric: MetricSpec, *, actor: User | None) -> SavedMetric:
    """Keep a metric under its key, which is once in the library."""
    if SavedMetric.objects.filter(key=metric.key).exists():
        raise InputRefused(f"key: there is a metric {metric.key!r} already", field="key")
    saved = SavedMetric(**_checked(metric))
    _clean(saved)
    saved.save()
    audit(actor, "saved_metric_create", saved, key=metric.key)
    return saved


@transaction.atomic
def saved_metric_update(
    saved: SavedMetric, metric: MetricSpec, *, actor: User | None
) -> SavedMetric:
    """Change what is kept. The key stays: it is what experiments and files know the metric by."""
    found = SavedMetric.objects.select_for_update().get(pk=saved.pk)
    if metric.key != found.key:
        raise InputRefused("key: it never changes; make another metric", field="key")
    wanted, known = _checked(metric), saved_fields(found)
    changes = {name: value for name, value in wanted.items() if known[name] != value}
    if changes:
        for name, value in changes.items():
            setattr(found, name, value)
        _clean(found)
        found.save()
        audit(actor, "saved_metric_update", found, changed=sorted(changes))
    return found


@transaction.atomic
def saved_metric_delete(saved: SavedMetric, *, actor: User | None) -> None:
    """Take a metric out of the library; experiments that took it keep their copy."""
    audit(actor, "saved_metric_delete", saved, key=saved.key)
    saved.delete()


@transaction.atomic
def saved_metrics_import(rows: Sequence[object], *, actor: User | None) -> Imported:
    """Make the library hold these metrics; all of them, or none when one is refused."""
    metrics = [_parsed(row, place) for place, row in enumerate(rows, start=1)]
    keys = [metric.key for metric in metrics]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise InputRefused(f"metric {twice!r}: the file has this key twice", field="key")
    counted = Imported()
    for metric in metrics:
        try:
            counted = _take_in(metric, counted, actor)
        except InputRefused as refused:
            raise InputRefused(
                f"metric {metric.key!r}, field {refused.field}: {refused}", field=refused.field
            ) from refused
    return counted


def _take_in(metric: MetricSpec, counted: Imported, actor: User | None) -> Imported:
    known = SavedMetric.objects.filter(key=metric.key).first()
    if known is None:
        saved_metric_create(metric, actor=actor)
        return replace(counted, created=counted.created + 1)
    before = saved_fields(known)
    if saved_fields(saved_metric_update(known, metric, actor=actor)) == before:
        return replace(counted, unchanged=counted.unchanged + 1)
    return replace(counted, changed=counted.changed + 1)


def as_guarded(metric: MetricSpec) -> MetricSpec:
    """The role under which a kept metric is checked: one with a margin can be a guardrail only."""
    role = Metric.Role.SECONDARY if metric.margin is None else Metric.Role.GUARDRAIL
    return replace(metric, role=role.value)


def _checked(metric: MetricSpec) -> dict[str, Any]:
    check_metric(as_guarded(metric))
    return {name: getattr(metric, name) for name in KEPT}


def _clean(saved: SavedMetric) -> None:
    try:
        saved.clean_fields()
    except ValidationError as refused:
        field, messages = next(iter(refused.message_dict.items()))
        raise InputRefused(messages[0], field=field) from refused


def _parsed(row: object, place: int) -> MetricSpec:
    """A row of the file as a metric; every refusal says which, by its key or its place."""
    if not isinstance(row, Mapping):
        raise InputRefused(f"metric {place}: it must be an object, not {type(row).__name__}")
    named = f"metric {row.get('key') or place!r}"
    unknown = sorted(set(row) - set(KEPT))
    if unknown:
        raise InputRefused(
            f"{named}, field {unknown[0]}: there is none; there are {', '.join(KEPT)}",
            field=unknown[0],
        )
    missing = [name for name in REQUIRED if not row.get(name)]
    if missing:
        raise InputRefused(f"{named}, field {missing[0]}: it is missing", field=missing[0])
    values = {name: _value(named, name, value) for name, value in row.items()}
    return MetricSpec(**values)


def _value(named: str, name: str, value: Any) -> Any:
    expected = _TYPES[name]
    is_number_for_bool = isinstance(value, bool) and bool not in expected
    if not isinstance(value, expected) or is_number_for_bool:
        words = " or ".join(_WORDS[each] for each in expected)
        raise InputRefused(f"{named}, field {name}: it must be {words}", field=name)
    if name == "cap" and value is not None:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise InputRefused(f"{named}, field cap: it must be a number", field="cap") from None
    return float(value) if float in expected and isinstance(value, int) else value


_NOTHING = type(None)
_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("key", "name", "kind", "event_name"), (str,)),
    **dict.fromkeys(("numerator", "denominator", "denominator_event"), (str,)),
    **dict.fromkeys(("is_lower_better", "is_margin_relative"), (bool,)),
    "window_starts_hours": (int,),
    **dict.fromkeys(("window_hours", "covariate_days"), (int, _NOTHING)),
    **dict.fromkeys(("cap_quantile", "quantile", "margin"), (float, int, _NOTHING)),
    "cap": (float, int, str, _NOTHING),
}
_WORDS: dict[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    _NOTHING: "null",
}
