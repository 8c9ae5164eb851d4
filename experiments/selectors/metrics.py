"""The library of metrics, and what is taken from it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from experiments.models import Metric, SavedMetric
from experiments.plans import MetricSpec

# The role is given where a metric is used, not where it is kept.
KEPT = tuple(field.name for field in fields(MetricSpec) if field.name != "role")


def saved_metrics() -> QuerySet[SavedMetric]:
    """By name, each with `uses`: how many experiments took a copy of it."""
    taken = (
        Metric.objects.filter(key=OuterRef("key"))
        .order_by()
        .values("key")
        .annotate(uses=Count("experiment", distinct=True))
        .values("uses")
    )
    return SavedMetric.objects.annotate(
        uses=Coalesce(Subquery(taken, output_field=IntegerField()), 0)
    ).order_by("name")


def metric_from(saved: SavedMetric, *, role: str) -> MetricSpec:
    """A copy for an experiment. Only a guardrail takes the margin along."""
    kept = saved_fields(saved)
    if role != Metric.Role.GUARDRAIL:
        kept["margin"] = None
    return MetricSpec(**kept, role=role)


def saved_fields(saved: SavedMetric) -> dict[str, Any]:
    return {name: getattr(saved, name) for name in KEPT}
