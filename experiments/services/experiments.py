"""The life of an experiment: draft, running, paused, decided, archived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from core.audit import audit
from core.errors import DomainError, InputRefused
from experiments.models import Arm, Experiment, Metric
from experiments.plans import ArmSpec, MetricSpec, metric_fields
from experiments.selectors import metric_specs
from experiments.services.layers import refuse_overlap
from experiments.services.refusals import (
    check_arms,
    check_metrics,
    check_settings,
    check_traffic,
)
from experiments.services.weights import weight_change_add

Status = Experiment.Status
Looks = Experiment.Looks


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
    """Draft an experiment. The order of `arms` is the order of the hash, and never changes.

    A test with a planned sample looks once, at its end; one without is watched by a rule that holds
    at any time. `looks` says otherwise.
    """
    settings.setdefault("looks", Looks.FIXED if settings.get("planned_units") else Looks.ANYTIME)
    experiment = Experiment(key=key, name=name, salt=salt, assignment=assignment)
    check_settings(experiment, settings)
    check_arms(arms)
    check_metrics(metrics)
    check_traffic(experiment, arms, metrics)
    if Experiment.objects.filter(key=key).exists():
        raise InputRefused(f"key: there is an experiment {key!r} already", field="key")
    experiment.save()
    _store_arms(experiment, arms)
    Metric.objects.bulk_create(
        Metric(experiment=experiment, position=position, **metric_fields(metric))
        for position, metric in enumerate(metrics)
    )
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
    arms = [_spec(arm) for arm in experiment.arms.order_by("position")]
    check_arms(arms)
    if not experiment.metrics.filter(role=Metric.Role.GOAL).exists():
        raise DomainError(f"{experiment.key} cannot start: it has no goal metric. Add one")
    check_traffic(experiment, arms, metric_specs(experiment))
    _move(experiment, Status.RUNNING, out_of=[Status.DRAFT], verb="start", started_at=now)
    refuse_overlap(experiment)
    weight_change_add(experiment, reason="the start", now=now)
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


def _spec(arm: Arm) -> ArmSpec:
    return ArmSpec(key=arm.key, name=arm.name, weight=arm.weight, is_control=arm.is_control)
