"""What the doors keep about a subject: the answers to deliveries, in Redis for a few days."""

from __future__ import annotations

from uuid import UUID

from redis.exceptions import RedisError

from audience.models import Contact
from campaigns.deliveries import forget_contact
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
