"""Who said in the log that they want no more, or whose mail came back: suppressed, and once."""

from __future__ import annotations

from datetime import datetime

from audience.models import Contact
from events.models import Event
from events.services import news_read
from privacy.models import Suppression
from privacy.services import suppression_add

READER = "audience.suppressions"
CHANNEL = Suppression.Channel.EMAIL
LEAVING = ("Unsubscribed", "Email Unsubscribed", "DFEmailUnsubscribed")
RETURNING = ("Subscribed",)
COMPLAINING = ("Email Marked as Spam", "DFEmailMarkedSpam")
BOUNCING = ("Email Bounced", "Email Failed", "DFEmailBounced")
# Its page has written to the suppression list itself, and lifts what it wrote.
OWN_PAGE = "unsubscribe-link"
UNITS_AT_ONCE = 1_000


def suppressions_follow(*, now: datetime) -> int:
    """Suppress the contacts of new events that say so; how many were not before."""
    added = 0

    def read(first: int, end: int) -> None:
        nonlocal added
        news = Event.objects.filter(
            transaction_id__gte=first,
            transaction_id__lt=end,
            name__in=[*LEAVING, *COMPLAINING, *BOUNCING],
        ).exclude(source=OWN_PAGE)
        units = sorted(set(news.values_list("unit_id", flat=True).iterator()))
        for at in range(0, len(units), UNITS_AT_ONCE):
            added += _suppress(units[at : at + UNITS_AT_ONCE])

    news_read(READER, read, now=now)
    return added


def _suppress(units: list[str]) -> int:
    said = Event.objects.filter(
        unit_id__in=units, name__in=[*LEAVING, *RETURNING, *COMPLAINING, *BOUNCING]
    )
    reasons: dict[str, tuple[str, str]] = {}
    for event in said.order_by("occurred_at", "pk"):
        reason = _reason(event)
        if event.name in RETURNING:
            if reasons.get(event.unit_id, ("", ""))[0] == Suppression.Reason.UNSUBSCRIBED:
                del reasons[event.unit_id]
        elif reason:
            reasons[event.unit_id] = (reason, f"{event.source}:{event.message_id}"[:100])
    contacts = Contact.objects.filter(external_id__in=reasons).order_by("subject_id")
    return sum(
        suppression_add(
            contact.subject_id,
            contact=contact.external_id,
            channel=CHANNEL,
            reason=reasons[contact.external_id][0],
            source=reasons[contact.external_id][1],
        )
        for contact in contacts
    )


def _reason(event: Event) -> str:
    """A bounce counts where it says that it is for good."""
    if event.name in LEAVING:
        return Suppression.Reason.UNSUBSCRIBED
    if event.name in COMPLAINING:
        return Suppression.Reason.COMPLAINED
    words = {str(event.properties.get(key, "")).lower() for key in ("type", "bounceType")}
    is_permanent = event.properties.get("isPermanent") is True or words & {"hard", "permanent"}
    return Suppression.Reason.BOUNCED if event.name in BOUNCING and is_permanent else ""
