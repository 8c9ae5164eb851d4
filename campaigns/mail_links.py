"""What a mail needs of us beside its copy: the way out, and the picture that tells of an open."""

from __future__ import annotations

from uuid import UUID

from campaigns.decisions import Decision
from events.links import Mail, list_unsubscribe, open_picture, unsubscribe_link
from generation.channels import EMAIL


def mail_links(decision: Decision, *, delivery: str) -> dict[str, str]:
    """The addresses of one email to one contact; none for other channels, or for nobody known.

    Whoever holds them can take the contact off the list, so they are for the holder of a key.
    """
    contact = decision.contact
    if contact is None or not delivery or decision.content.channel != EMAIL:
        return {}
    mail = Mail(
        contact.external_id,
        UUID(contact.subject_id),
        campaign=decision.campaign,
        delivery=delivery,
        arm=decision.arm,
    )
    headers = list_unsubscribe(mail)
    return {
        "open_picture": open_picture(mail),
        "unsubscribe": unsubscribe_link(mail),
        "list_unsubscribe": headers["List-Unsubscribe"],
        "list_unsubscribe_post": headers["List-Unsubscribe-Post"],
    }
