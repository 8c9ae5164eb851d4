"""Requests of people about their data: received, worked on by a task, answered with a receipt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from core.audit import audit
from core.errors import DomainError
from core.installation import keyed_hash
from core.jobs import wake
from privacy import registry
from privacy.models import SubjectRequest
from privacy.requests import DUE_WITHIN, Asked, Identity
from privacy.selectors import subject_export
from privacy.services.callbacks import callbacks_check, status_tell
from privacy.services.erasing import subject_erase

WORK_TASK = "privacy.tasks.work"
Status = SubjectRequest.Status
# A killed worker's request is taken up again after this long.
CLAIM = timedelta(minutes=5)
EXPORT_KEPT = timedelta(days=30)


@transaction.atomic
def request_receive(asked: Asked, *, now: datetime, requested_by: str) -> SubjectRequest:
    """Keep a request, and wake a worker; the same request again is the one that is kept."""
    callbacks_check(asked.callbacks)
    request, is_new = SubjectRequest.objects.get_or_create(
        id=asked.id,
        defaults={
            "type": asked.type,
            "regulation": asked.regulation,
            "identities": [[one.kind, one.value] for one in asked.identities],
            "submitted_at": asked.submitted_at,
            "received_at": now,
            "due_at": asked.submitted_at + DUE_WITHIN[asked.regulation],
            "requested_by": requested_by,
            "callbacks": list(asked.callbacks),
        },
    )
    if request.type != asked.type:
        raise DomainError(
            f"subject_request_id: {asked.id} is a request of type {request.type} already; "
            "send another id"
        )
    if is_new:
        audit(None, "subject_request_receive", request, type=request.type, by=requested_by)
        wake(WORK_TASK)
    return request


@transaction.atomic
def request_cancel(request: SubjectRequest, *, actor: User | None, now: datetime) -> None:
    """Take a request back that nobody works on yet."""
    moved = SubjectRequest.objects.filter(pk=request.pk, status=Status.PENDING).update(
        status=Status.CANCELLED, identities=_hashed(request)
    )
    if not moved:
        raise DomainError("only a pending request can be taken back")
    audit(actor, "subject_request_cancel", request)
    request.refresh_from_db()
    status_tell(request, now=now)


def requests_work(*, now: datetime) -> int:
    """Do what is open until nothing is left to claim; how many were done."""
    done = 0
    while (request := _claim(now=now)) is not None:
        _work(request, now=now)
        done += 1
    return done


def exports_expire(*, now: datetime) -> int:
    """Forget exports that had their time; how many."""
    return SubjectRequest.objects.filter(
        export__isnull=False, completed_at__lt=now - EXPORT_KEPT
    ).update(export=None)


def _claim(*, now: datetime) -> SubjectRequest | None:
    is_open = Q(status=Status.PENDING) | Q(status=Status.IN_PROGRESS, claimed_at__lt=now - CLAIM)
    with transaction.atomic():
        request = (
            SubjectRequest.objects.filter(is_open)
            .select_for_update(skip_locked=True)
            .order_by("received_at")
            .first()
        )
        if request is not None:
            request.status, request.claimed_at = Status.IN_PROGRESS, now
            request.save(update_fields=["status", "claimed_at"])
            status_tell(request, now=now)
    return request


def _work(request: SubjectRequest, *, now: datetime) -> None:
    """Each subject is erased in a transaction of its own: what was done stays done."""
    subjects = sorted(subjects_of(Identity(*one) for one in request.identities))
    rows: Counter[str] = Counter(request.receipt.get("rows", {}))
    # Of a worker that was killed: whom it erased is found no more.
    earlier = request.receipt.get("subjects", 0)
    found = earlier + len(subjects)
    export = None
    if request.type == SubjectRequest.Type.ERASURE:
        for number, subject_id in enumerate(subjects, start=1):
            rows.update(subject_erase(subject_id))
            so_far = {"subjects": number + earlier, "rows": dict(rows)}
            SubjectRequest.objects.filter(pk=request.pk).update(receipt=so_far)
    else:
        export = [subject_export(subject_id) for subject_id in subjects]
    with transaction.atomic():
        SubjectRequest.objects.filter(pk=request.pk).update(
            status=Status.COMPLETED,
            completed_at=now,
            identities=_hashed(request),
            receipt={"subjects": found, "rows": dict(rows)},
            export=export,
        )
        audit(None, "subject_request_complete", request, type=request.type, subjects=found)
        request.refresh_from_db()
        status_tell(request, now=now)


def subjects_of(identities: Iterable[Identity]) -> set[UUID]:
    """Everybody an identity means."""
    directory = registry.directory()
    found: set[UUID] = set()
    for one in identities:
        if one.kind == "email":
            found.update(directory.subjects_at(one.value))
        elif (subject := directory.subject_of(one.value)) is not None:
            found.add(subject)
    return found


def _hashed(request: SubjectRequest) -> list[list[str]]:
    return [[kind, keyed_hash("subject requests", value)] for kind, value in request.identities]
