"""What campaigns hold about people: answers to deliveries for a few days, and plans' choices."""

from __future__ import annotations

from uuid import UUID

from redis.exceptions import RedisError

from audience.models import Contact
from campaigns.deliveries import forget_contact
from campaigns.models import PlanContact
from core.errors import ServiceUnavailable


class AnswersHolder:
    """Erased before the contact is, whose ids lead to it: holders are asked in name order."""

    name = "answers"

    def export(self, subject_id: UUID) -> dict[str, object]:  # noqa: ARG002
        """Nothing: the answers repeat approved copy and what the contact is called."""
        return {}

    def erase(self, subject_id: UUID) -> int:
        """Drop them; the number of contacts that had any.

        Raises:
            ServiceUnavailable: Redis does not answer, so nothing is known to be gone.
        """
        contact = Contact.objects.filter(subject_id=subject_id).first()
        if contact is None:
            return 0
        names = [contact.external_id, contact.email, contact.email.strip().lower()]
        try:
            return sum(forget_contact(name) for name in dict.fromkeys(names) if name)
        except RedisError as error:
            raise ServiceUnavailable(
                "the answers kept in Redis cannot be erased while it does not answer: try again"
            ) from error


class CampaignsHolder:
    name = "campaigns"

    def export(self, subject_id: UUID) -> dict[str, object]:
        rows = PlanContact.objects.filter(contact__subject_id=subject_id).select_related("plan")
        return {"plans": [_planned(row) for row in rows.order_by("pk")]}

    def erase(self, subject_id: UUID) -> int:
        """What plans decided; the contact itself is the audience's to erase."""
        rows, _ = PlanContact.objects.filter(contact__subject_id=subject_id).delete()
        return rows


def _planned(row: PlanContact) -> dict[str, object]:
    action = row.plan.actions.filter(position=row.position).first()
    return {
        "plan": row.plan.name,
        "action": action.name if action else "left alone",
        "expected_profit": row.expected_profit,
        "is_held_out": row.is_held_out,
    }
