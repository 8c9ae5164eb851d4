"""How the traffic is divided, period by period: ramps and new weights.

Whoever was exposed keeps their arm; only those who come later get theirs by the new division.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from core.audit import audit
from core.errors import DomainError, InputRefused
from experiments.models import Arm, Experiment, WeightChange
from experiments.services.refusals import check_share, check_weights

Status = Experiment.Status
REASON_CHARACTERS = 200


@transaction.atomic
def experiment_ramp(
    experiment: Experiment, *, coverage: float, now: datetime, actor: User | None
) -> Experiment:
    """Let another share of the people take part. Growing moves nobody; shrinking only lets nobody
    new in, since who was exposed stays."""
    check_share(coverage, field="coverage")
    locked = experiment_lock(
        experiment, (Status.DRAFT, Status.RUNNING, Status.PAUSED), doing="be ramped"
    )
    before = locked.coverage
    if coverage != before:
        locked.coverage = coverage
        locked.save(update_fields=["coverage", "updated_at"])
        if locked.status != Status.DRAFT:
            reason = f"{coverage:.0%} of the people take part, {before:.0%} before"
            weight_change_add(locked, reason=reason, now=now)
        audit(actor, "experiment_ramp", experiment, coverage=coverage, before=before)
    experiment.refresh_from_db()
    return experiment


@transaction.atomic
def experiment_reweigh(
    experiment: Experiment,
    *,
    weights: Mapping[str, float],
    reason: str,
    now: datetime,
    actor: User | None,
    after_period: int | None = None,
) -> WeightChange:
    """Divide the traffic to come by other weights, given for every arm by its key.

    `after_period` is the period they were computed from: when it is over, they are refused.
    """
    if not reason.strip() or len(reason) > REASON_CHARACTERS:
        raise InputRefused(
            f"reason: say why in 1 to {REASON_CHARACTERS} characters", field="reason"
        )
    locked = experiment_lock(experiment, (Status.RUNNING,), doing="get other weights")
    if locked.assignment == Experiment.Assignment.EXTERNAL:
        raise DomainError(
            f"{locked.key} cannot get other weights: the email tool splits. Change them there"
        )
    arms = list(locked.arms.order_by("position"))
    check_weights(weights, [arm.key for arm in arms])
    _refuse_late(locked, after_period)
    for arm in arms:
        arm.weight = weights[arm.key]
    Arm.objects.bulk_update(arms, ["weight"])
    change = weight_change_add(locked, reason=reason, now=now)
    audit(actor, "experiment_reweigh", experiment, weights=dict(weights), reason=reason)
    return change


def weight_change_add(experiment: Experiment, *, reason: str, now: datetime) -> WeightChange:
    """The next period, with the weights and the coverage as they stand. Needs the row's lock."""
    last = experiment.weight_changes.order_by("-period").first()
    arms = experiment.arms.order_by("position")
    return WeightChange.objects.create(
        experiment=experiment,
        period=last.period + 1 if last else 0,
        weights={arm.key: arm.weight for arm in arms},
        coverage=experiment.coverage,
        reason=reason,
        created_at=now,
    )


def experiment_lock(
    experiment: Experiment, states: tuple[Experiment.Status, ...], *, doing: str
) -> Experiment:
    """The row as it stands, locked until the transaction ends: two changes queue up here.

    Not against the foreign keys of exposures: people go on being assigned meanwhile.
    """
    locked = Experiment.objects.select_for_update(no_key=True).get(pk=experiment.pk)
    if locked.status not in states:
        raise DomainError(
            f"{locked.key} cannot {doing}: it is {locked.status}, "
            f"and would have to be {' or '.join(states)}"
        )
    return locked


def _refuse_late(experiment: Experiment, after_period: int | None) -> None:
    if after_period is None:
        return
    last = experiment.weight_changes.order_by("-period").first()
    if last and last.period != after_period:
        raise DomainError(
            f"{experiment.key} got other weights meanwhile (period {last.period}): "
            "compute them anew"
        )
