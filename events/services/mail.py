"""What happened to mails: from the email tool's webhook, and from our own picture and links."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from events.bots import event_reasons
from events.bots.networks import network_of
from events.esp.normalising import ADDRESS_UNIT, Effect, MailReport
from events.incoming import IncomingEvent
from events.known_networks import known_networks
from events.links import Mail, mail_properties
from events.models import AddressWaiting, UnitAlias
from events.services.log import events_store, new_events_store
from privacy.addresses import digest_subject
from privacy.models import ConsentPurpose, KnownAddress, Suppression
from privacy.services import (
    Statement,
    address_suppress,
    consents_record,
    suppression_add,
    suppression_lift,
)

PICTURE_SOURCE, LINK_SOURCE = "mail-picture", "mail-link"
CHANNEL = Suppression.Channel.EMAIL


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asked for a picture or a link, as far as the request says."""

    agent: str
    address: str
    method: str


@dataclass(frozen=True, slots=True)
class MailResult:
    """What became of a webhook's events."""

    stored: int
    duplicates: int
    suppressed: int


def open_note(mail: Mail, visitor: Visitor, *, now: datetime) -> None:
    """An open, by our own picture."""
    _engagement_store(PICTURE_SOURCE, "Email Opened", mail, visitor, {}, now)


def click_note(
    mail: Mail, visitor: Visitor, *, url: str, is_decoy: bool = False, now: datetime
) -> None:
    """A click, by our own link."""
    said = {"url": url, **({"isDecoy": True} if is_decoy else {})}
    _engagement_store(LINK_SOURCE, "Email Link Clicked", mail, visitor, said, now)


def _engagement_store(
    source: str,
    name: str,
    mail: Mail,
    visitor: Visitor,
    said: Mapping[str, object],
    now: datetime,
) -> None:
    """The same visitor doing the same twice in one minute is one event: a loop fills no log."""
    properties = {**mail_properties(mail), **said}
    context = visitor_context(visitor)
    same = (mail.to_json(), name, sorted(map(str, said.items())), sorted(context.items()))
    minute = now.replace(second=0, microsecond=0).isoformat()
    event = IncomingEvent(
        message_id=hashlib.sha256(repr((same, minute)).encode()).hexdigest(),
        kind="track",
        name=name,
        unit_id=mail.unit_id,
        occurred_at=now,
        properties=properties,
        context=context,
        bot_reasons=event_reasons(
            kind="track",
            name=name,
            value=None,
            properties=properties,
            context={**context, "network": visitor.address},
            networks=known_networks(),
        ),
    )
    events_store([event], source=source)


def visitor_context(visitor: Visitor) -> dict[str, str]:
    """What is kept of a visitor: their network, which names nobody, and not their address."""
    said = {
        "userAgent": visitor.agent.replace("\x00", "")[:500],
        "network": network_of(visitor.address),
        "method": visitor.method if visitor.method != "GET" else "",
    }
    return {name: value for name, value in said.items() if value}


@transaction.atomic
def mail_events_store(reports: Sequence[MailReport], *, source: str) -> MailResult:
    """Store what a tool reports; what it says to stop goes to the suppression list at once.

    What was reported before has no effect again: a report that is sent once more, by a tool or by
    somebody who recorded it, cannot undo what a person has said since.
    """
    known = _known_by_digest([report.digest for report in reports if report.digest])
    events = {
        report.event.message_id: replace(
            report.event, unit_id=_unit_of(report, known.get(report.digest, []))
        )
        for report in reports
    }
    new = new_events_store(list(events.values()), source=source)
    fresh = list({r.event.message_id: r for r in reports if r.event.message_id in new}.values())
    AddressWaiting.objects.bulk_create(
        (
            AddressWaiting(digest=report.digest)
            for report in fresh
            if report.digest and not report.event.unit_id and report.digest not in known
        ),
        ignore_conflicts=True,
    )
    suppressed = sum(
        _suppress(report, known.get(report.digest, []), source=source)
        for report in sorted(fresh, key=lambda report: report.event.occurred_at)
        if report.effect
    )
    return MailResult(len(new), len(reports) - len(new), suppressed)


def _known_by_digest(digests: Sequence[str]) -> dict[str, list[tuple[str, UUID]]]:
    """Units and subjects by address, those known for longer first."""
    found: dict[str, list[tuple[str, UUID]]] = defaultdict(list)
    rows = KnownAddress.objects.filter(digest__in=set(digests)).order_by("rank")
    for digest, unit_id, subject_id in rows.values_list("digest", "unit_id", "subject_id"):
        found[digest].append((unit_id, subject_id))
    return found


def _unit_of(report: MailReport, known: Sequence[tuple[str, UUID]]) -> str:
    """By the metadata we sent along; else by the address; else the address stands for the unit."""
    if report.event.unit_id:
        return report.event.unit_id
    return known[0][0] if known else f"{ADDRESS_UNIT}{report.digest}"


def _suppress(report: MailReport, known: Sequence[tuple[str, UUID]], *, source: str) -> bool:
    """Whether anybody was suppressed who was not before."""
    contacts = {subject_id: unit_id for unit_id, subject_id in known} | _named(report.event.unit_id)
    if report.effect is Effect.RENEW:
        for subject_id in {*contacts, *([digest_subject(report.digest)] if report.digest else [])}:
            suppression_lift(subject_id, reason=Suppression.Reason.UNSUBSCRIBED, channel=CHANNEL)
        return False
    assert report.effect is not None, "asked only of reports with an effect"  # noqa: S101
    said: dict[str, str] = {
        "reason": report.effect.value,
        "channel": CHANNEL,
        "source": f"{source}:{report.event.message_id}"[:100],
    }
    done = [
        suppression_add(subject_id, contact=unit_id, **said)
        for subject_id, unit_id in sorted(contacts.items())
    ]
    if report.digest:
        done.append(address_suppress(report.digest, **said))
    if report.effect is Effect.UNSUBSCRIBED:
        consents_record(
            Statement(
                subject_id,
                ConsentPurpose.EMAIL,
                is_given=False,
                occurred_at=report.event.occurred_at,
                source=source,
            )
            for subject_id in contacts
        )
    return any(done)


def _named(unit_id: str) -> dict[UUID, str]:
    """Subjects, with their unit, that a tool's metadata names, by an older name too."""
    if not unit_id:
        return {}
    renamed = UnitAlias.objects.filter(alias=unit_id).values("unit_id")
    known = KnownAddress.objects.filter(Q(unit_id=unit_id) | Q(unit_id__in=renamed))
    return dict(known.values_list("subject_id", "unit_id"))
