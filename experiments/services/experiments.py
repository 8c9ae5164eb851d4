"""The life of an experiment: draft, running, paused, decided, archived."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from core.audit import audit
from core.errors import DomainError, InputRefused
from experiments.models import Arm, Experiment, Metric
from experiments.plans import ArmSpec, MetricSpec

Status = Experiment.Status
SETTINGS = frozenset({"confidence", "minimum_units_per_arm", "minimum_days", "planned_units"})
WEIGHT_SLACK = 1e-6


@transaction.atomic
def experiment_create(
    *,
    key: str,
    name: str,
    salt: str,
    arms: Sequence[ArmSpec],
    metrics: Sequence[MetricSpec],
    assignment: str = Experiment.Assignment.HASH,
    actor: User | None = None,
    **settings: object,
) -> Experiment:
    """Draft an experiment. The order of `arms` is the order of the hash, and never changes."""
    _check_settings(assignment, settings)
    check_arms(arms)
    check_metrics(metrics)
    if Experiment.objects.filter(key=key).exists():
        raise InputRefused(f"key: there is an experiment {key!r} already", field="key")
    experiment = Experiment(key=key, name=name, salt=salt, assignment=assignment)
    for setting, value in settings.items():
        setattr(experiment, setting, value)
    experiment.save()
    _store_arms(experiment, arms)
    Metric.objects.bulk_create(_metric(experiment, *row) for row in enumerate(metrics))
    audit(actor, "experiment_create", experiment, key=key, arms=[arm.key for arm in arms])
    return experiment


@transaction.atomic
def experiment_arms_replace(
    experiment: Experiment, arms: Sequence[ArmSpec], *, actor: User | None
) -> None:
    """Change the arms of a draft. A test that has begun keeps its arms: units are in them."""
    check_arms(arms)
    if not Experiment.objects.select_for_update().filter(pk=experiment.pk, status=Status.DRAFT):
        raise DomainError(
            f"the arms of {experiment.key} cannot change: it has started. Make a new experiment"
        )
    experiment.arms.all().delete()
    _store_arms(experiment, arms)
    audit(actor, "experiment_arms_replace", experiment, arms=[arm.key for arm in arms])


@transaction.atomic
def experiment_start(experiment: Experiment, *, now: datetime, actor: User | None) -> Experiment:
    check_arms([_spec(arm) for arm in experiment.arms.order_by("position")])
    if not experiment.metrics.filter(role=Metric.Role.GOAL).exists():
        raise DomainError(f"{experiment.key} cannot start: it has no goal metric. Add one")
    _move(experiment, Status.RUNNING, out_of=[Status.DRAFT], verb="start", started_at=now)
    audit(actor, "experiment_start", experiment)
    return experiment


@transaction.atomic
def experiment_pause(experiment: Experiment, *, now: datetime, actor: User | None) -> Experiment:
    _move(experiment, Status.PAUSED, out_of=[Status.RUNNING], verb="pause")
    audit(actor, "experiment_pause", experiment, at=now.isoformat())
    return experiment


@transaction.atomic
def experiment_resume(experiment: Experiment, *, now: datetime, actor: User | None) -> Experiment:
    _move(experiment, Status.RUNNING, out_of=[Status.PAUSED], verb="resume")
    audit(actor, "experiment_resume", experiment, at=now.isoformat())
    return experiment


@transaction.atomic
def experiment_decide(
    experiment: Experiment, *, now: datetime, actor: User | None, reason: str
) -> Experiment:
    """End the test; from here on nobody is assigned and the results stand still."""
    _move(
        experiment,
        Status.DECIDED,
        out_of=[Status.RUNNING, Status.PAUSED],
        verb="be decided",
        ended_at=now,
    )
    audit(actor, "experiment_decide", experiment, reason=reason)
    return experiment


@transaction.atomic
def experiment_archive(experiment: Experiment, *, actor: User | None) -> Experiment:
    _move(experiment, Status.ARCHIVED, out_of=[Status.DECIDED], verb="be archived")
    audit(actor, "experiment_archive", experiment)
    return experiment


def _move(
    experiment: Experiment,
    status: Experiment.Status,
    *,
    out_of: Sequence[Experiment.Status],
    verb: str,
    **changes: datetime,
) -> None:
    rows = Experiment.objects.filter(pk=experiment.pk, status__in=out_of)
    if not rows.update(status=status, **changes):
        experiment.refresh_from_db()
        raise DomainError(
            f"{experiment.key} cannot {verb}: it is {experiment.status}, "
            f"and would have to be {' or '.join(out_of)}"
        )
    experiment.refresh_from_db()


def check_arms(arms: Sequence[ArmSpec]) -> None:
    """Refuse arms that cannot split traffic: each key once, one control, weights with the sum 1."""
    if len(arms) < 2:
        raise InputRefused("arms: an experiment needs control and one arm more", field="arms")
    if len({arm.key for arm in arms}) < len(arms):
        raise InputRefused("arms: every key may occur once", field="arms")
    controls = sum(arm.is_control for arm in arms)
    if controls != 1:
        raise InputRefused(f"arms: exactly one must be control, not {controls}", field="arms")
    total = math.fsum(arm.weight for arm in arms)
    if not all(0 <= arm.weight <= 1 for arm in arms) or abs(total - 1) > WEIGHT_SLACK:
        raise InputRefused(
            f"weights: shares between 0 and 1 with the sum 1 are needed; the sum is {total:g}",
            field="weights",
        )


def check_metrics(metrics: Sequence[MetricSpec]) -> None:
    """Refuse metrics that cannot give a verdict: each key once, one goal, known kinds and roles."""
    if len({metric.key for metric in metrics}) < len(metrics):
        raise InputRefused("metrics: every key may occur once", field="metrics")
    goals = sum(metric.role == Metric.Role.GOAL for metric in metrics)
    if goals != 1:
        raise InputRefused(f"metrics: exactly one must be the goal, not {goals}", field="metrics")
    for metric in metrics:
        _check_metric(metric)


def _check_metric(metric: MetricSpec) -> None:
    for field, allowed in (("kind", Metric.Kind.values), ("role", Metric.Role.values)):
        if getattr(metric, field) not in allowed:
            raise InputRefused(
                f"metrics: the {field} of {metric.key} must be one of {', '.join(allowed)}",
                field="metrics",
            )
    if not metric.event_name:
        raise InputRefused(f"metrics: {metric.key} names no event to count", field="metrics")
    if metric.window_hours is not None and metric.window_hours < 1:
        raise InputRefused(f"metrics: the window of {metric.key} is empty", field="metrics")


def _check_settings(assignment: str, settings: dict[str, object]) -> None:
    if assignment not in Experiment.Assignment.values:
        raise InputRefused(
            f"assignment must be one of {', '.join(Experiment.Assignment.values)}",
            field="assignment",
        )
    unknown = sorted(set(settings) - SETTINGS)
    if unknown:
        raise InputRefused(
            f"{unknown[0]} is no setting; there are {', '.join(sorted(SETTINGS))}",
            field=unknown[0],
        )
    confidence = settings.get("confidence", 0.95)
    if not isinstance(confidence, float) or not 0.5 < confidence < 1:
        raise InputRefused("confidence must lie between 0.5 and 1, as 0.95", field="confidence")


def _store_arms(experiment: Experiment, arms: Sequence[ArmSpec]) -> None:
    Arm.objects.bulk_create(
        Arm(
            experiment=experiment,
            key=arm.key,
            name=arm.name,
            position=position,
            weight=arm.weight,
            is_control=arm.is_control,
        )
        for position, arm in enumerate(arms)
    )


def _metric(experiment: Experiment, position: int, metric: MetricSpec) -> Metric:
    return Metric(
        experiment=experiment,
        position=position,
        key=metric.key,
        name=metric.name,
        kind=metric.kind,
        role=metric.role,
        event_name=metric.event_name,
        is_lower_better=metric.is_lower_better,
        window_hours=metric.window_hours,
    )


def _spec(arm: Arm) -> ArmSpec:
    return ArmSpec(key=arm.key, name=arm.name, weight=arm.weight, is_control=arm.is_control)
