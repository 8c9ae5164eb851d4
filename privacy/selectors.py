"""Reads of the privacy app."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from privacy import registry
from privacy.models import Consent, ConsentEntry, ConsentPurpose, SubjectRequest, Suppression
from privacy.requests import API_VERSION


def is_suppressed(subject_id: UUID, *, channel: str) -> bool:
    return Suppression.objects.filter(
        subject_id=subject_id, channel__in=[Suppression.Channel.ALL, channel]
    ).exists()


def subject_export(subject_id: UUID) -> dict[str, dict[str, object]]:
    """Everything held about a subject, by holder."""
    unit_ids = registry.directory().units_of(subject_id)
    held = {holder.name: holder.export(unit_ids) for holder in registry.unit_holders()}
    held |= {holder.name: holder.export(subject_id) for holder in registry.holders()}
    return held | {"privacy": _own_rows(subject_id)}


def request_status(request: SubjectRequest) -> dict[str, object]:
    """Where a request stands, in OpenDSR's words."""
    return {
        "api_version": API_VERSION,
        "subject_request_id": str(request.pk),
        "subject_request_type": request.type,
        "regulation": request.regulation,
        "request_status": request.status,
        "received_time": request.received_at.isoformat(),
        "expected_completion_time": request.due_at.isoformat(),
        "completed_time": request.completed_at.isoformat() if request.completed_at else None,
        "results_count": request.receipt.get("subjects"),
        "receipt": request.receipt.get("rows"),
        "results_url": (
            f"/v1/privacy/requests/{request.pk}/export.json" if request.export is not None else None
        ),
    }


def _own_rows(subject_id: UUID) -> dict[str, object]:
    entries = ConsentEntry.objects.filter(subject_id=subject_id).order_by("occurred_at", "pk")
    suppressions = Suppression.objects.filter(subject_id=subject_id).order_by("pk")
    return {
        "consent": [
            {
                "purpose": entry.purpose,
                "is_given": entry.is_given,
                "occurred_at": entry.occurred_at.isoformat(),
                "source": entry.source,
            }
            for entry in entries
        ],
        "suppression": list(suppressions.values("channel", "reason", "source")),
    }


def is_consent_required(purpose: str) -> bool:
    """Whether silence means no (`CONSENT_REQUIRED` names the purpose), or yes."""
    return purpose in settings.CONSENT_REQUIRED


def may_use(subject_id: UUID, *, purpose: str) -> bool:
    """Whether a subject's data may be used for a purpose now: a no always holds."""
    return subject_id in subjects_agreeing([subject_id], purpose=purpose)


def subjects_agreeing(subject_ids: Collection[UUID], *, purpose: str) -> set[UUID]:
    """Those of the subjects whose data may be used for a purpose now."""
    said = dict(
        Consent.objects.filter(
            subject_id__in=subject_ids, purpose=ConsentPurpose(purpose)
        ).values_list("subject_id", "is_given")
    )
    silence = not is_consent_required(purpose)
    return {subject_id for subject_id in subject_ids if said.get(subject_id, silence)}


def agreeing(purpose: str, *, subject: str = "subject_id") -> Q:
    """The same as a condition on rows that name their subject in the column `subject`."""
    said = Consent.objects.filter(subject_id=OuterRef(subject), purpose=ConsentPurpose(purpose))
    if is_consent_required(purpose):
        return Q(Exists(said.filter(is_given=True)))
    return ~Q(Exists(said.filter(is_given=False)))
