"""Leaving and coming back, by the link of a mail. The link is the authority: nobody logs in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from events.incoming import IncomingEvent
from events.links import Mail, mail_properties
from events.services.log import events_store
from privacy.addresses import digest_subject
from privacy.models import ConsentPurpose, KnownAddress, Suppression
from privacy.services import (
    Statement,
    address_suppress,
    consents_record,
    suppression_add,
    suppression_lift,
)

SOURCE = "unsubscribe-link"
CHANNEL = Suppression.Channel.EMAIL


@transaction.atomic
def subscription_end(mail: Mail, *, now: datetime, context: dict[str, str]) -> bool:
    """Never write to them again on this channel; False if that was so before.

    It is done for whoever holds the link, a scanner's look included: a person who meant it is not
    to be written to, and one who did not has a link to come back.
    """
    said: dict[str, str] = {
        "reason": Suppression.Reason.UNSUBSCRIBED,
        "channel": CHANNEL,
        "source": f"{SOURCE}:{mail.campaign}"[:100],
    }
    is_new = suppression_add(_subject(mail), contact=mail.unit_id, **said)
    for digest in _digests(mail):
        address_suppress(digest, **said)
    if is_new:
        _note("Unsubscribed", mail, now, context)
    return is_new


@transaction.atomic
def subscription_renew(mail: Mail, *, now: datetime, context: dict[str, str]) -> bool:
    """Take an unsubscription back; False if there is none. Bounces and complaints stay."""
    said: dict[str, str] = {"reason": Suppression.Reason.UNSUBSCRIBED, "channel": CHANNEL}
    is_lifted = suppression_lift(_subject(mail), **said)
    for digest in _digests(mail):
        suppression_lift(digest_subject(digest), **said)
    if is_lifted:
        _note("Subscribed", mail, now, context)
    return is_lifted


def _subject(mail: Mail) -> UUID:
    assert mail.subject_id is not None, "the link was made for a subject"  # noqa: S101
    return mail.subject_id


def _digests(mail: Mail) -> list[str]:
    """Of the address they have now: it stays suppressed even if they are erased."""
    known = KnownAddress.objects.filter(subject_id=_subject(mail))
    return list(known.values_list("digest", flat=True))


def _note(name: str, mail: Mail, now: datetime, context: dict[str, str]) -> None:
    event = IncomingEvent(
        message_id=f"{name.lower()}:{uuid4()}",
        kind="track",
        name=name,
        unit_id=mail.unit_id,
        occurred_at=now,
        properties=mail_properties(mail),
        context=context,
    )
    events_store([event], source=SOURCE)
    source = f"{SOURCE} {event.message_id}"
    said = Statement(_subject(mail), ConsentPurpose.EMAIL, name == "Subscribed", now, source)
    consents_record([said])
