"""What campaigns hold about people: what plans decided, and answers kept for deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from campaigns.deliveries import forget_contact
from campaigns.models import PlanContact


class CampaignsHolder:
    name = "campaigns"

    def export(self, subject_id: UUID) -> dict[str, object]:
        rows = PlanContact.objects.filter(contact__subject_id=subject_id).select_related("plan")
        return {"plans": [_planned(row) for row in rows.order_by("pk")]}

    def erase(self, subject_id: UUID) -> int:
        """What plans decided; the contact itself is the audience's to erase."""
        rows, _ = PlanContact.objects.filter(contact__subject_id=subject_id).delete()
        return rows


class DeliveriesHolder:
    name = "deliveries"

    def export(self, unit_ids: Sequence[str]) -> dict[str, object]:  # noqa: ARG002 (the contract's)
        """Nothing that is not in their contact, their exposures and the copy everybody gets."""
        return {}

    def erase(self, unit_ids: Sequence[str]) -> int:
        return sum(forget_contact(unit_id) for unit_id in unit_ids)


def _planned(row: PlanContact) -> dict[str, object]:
    action = row.plan.actions.filter(position=row.position).first()
    return {
        "plan": row.plan.name,
        "action": action.name if action else "left alone",
        "expected_profit": row.expected_profit,
        "is_held_out": row.is_held_out,
    }
