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
from privacy.services import Statement, consents_record, suppression_add, suppression_lift

SOURCE = "unsubscribe-link"
CHANNEL = Suppression.Channel.EMAIL


@transaction.atomic
def subscription_end(mail: Mail, *, now: datetime, context: dict[str, str]) -> bool:
    """Never write to them again on this channel; False if that was so before.

    It is done for whoever holds the link, a scanner's look included: a person who meant it is not
    to be written to, and one who did not has a link to come back.
    """
    source = f"{SOURCE}:{mail.campaign}"[:100]
    reason = Suppression.Reason.UNSUBSCRIBED
    added = [
        suppression_add(subject_id, reason=reason, channel=CHANNEL, source=source)
        for subject_id in _subjects(mail)
    ]
    if any(added):
        _note("Unsubscribed", mail, now, context)
    return any(added)


@transaction.atomic
def subscription_renew(mail: Mail, *, now: datetime, context: dict[str, str]) -> bool:
    """Take an unsubscription back; False if there is none. Bounces and complaints stay."""
    reason = Suppression.Reason.UNSUBSCRIBED
    lifted = [
        suppression_lift(subject_id, reason=reason, channel=CHANNEL)
        for subject_id in _subjects(mail)
    ]
    if any(lifted):
        _note("Subscribed", mail, now, context)
    return any(lifted)


def _subjects(mail: Mail) -> list[UUID]:
    """The person, and the address they have now: it is suppressed even if they are erased."""
    assert mail.subject_id is not None, "the link was made for a subject"  # noqa: S101
    addresses = KnownAddress.objects.filter(subject_id=mail.subject_id)
    digests = addresses.values_list("digest", flat=True)
    return sorted({mail.subject_id, *(digest_subject(digest) for digest in digests)})


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
    assert mail.subject_id is not None, "as above"  # noqa: S101
    source = f"{SOURCE} {event.message_id}"
    said = Statement(mail.subject_id, ConsentPurpose.EMAIL, name == "Subscribed", now, source)
    consents_record([said])
