"""What anybody says, before it is read, kept or sent: without numbers, addresses and names."""

from __future__ import annotations

from functools import partial

from assistant.models import Conversation
from assistant.services.products import names_product
from audience.models import Contact
from privacy.masking import masked
from privacy.names import without_names


def said_masked(text: str, conversation: Conversation) -> str:
    """Names by how they are said, and the visitor's own wherever they stand; products stay."""
    return without_names(
        masked(text),
        known=_own_names(conversation.unit_id),
        is_product=partial(names_product, conversation.base),
    )


def _own_names(unit_id: str) -> tuple[str, ...]:
    if not unit_id:
        return ()
    own = Contact.objects.filter(external_id=unit_id).values_list("first_name", "last_name")
    return own.first() or ()
