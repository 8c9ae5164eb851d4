"""Contacts from `identify` and `alias` events: made, kept up to date, and given their past.

The log is read on from where it was read to, each event once. What wins:

- Of two `identify` events, for each trait the one that happened later, in whatever order they come.
- Between an event and an import or a person's edit, whoever speaks last.
- An anonymous id belongs to the first who claims it; its events become that contact's.
- Somebody who is a contact already is merged into nobody by an event: write keys are in web pages
  for everybody to read, and a contact's past must not be had by an event with its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audience.models import Contact
from audience.traits import MOST_ATTRIBUTES, Traits, traits_of
from core.webhooks.services import webhooks_publish
from events.models import Event, UnitAlias
from events.services import aliases_add, aliases_apply, news_read, rejection_keep, units_move
from privacy.models import ConsentPurpose
from privacy.services import Statement, consents_record

READER = "audience.identified"
IDENTIFIED, MERGED = "contact.identified", "contact.merged"
SOURCE = "audience:identify"
UNITS_AT_ONCE = 500
KINDS = (Event.Kind.IDENTIFY, Event.Kind.ALIAS)
_FIELDS = ("email", "first_name", "last_name", "attributes", "updated_at")


@dataclass
class Identified:
    """What a run did: contacts made and changed, events that found their contact, refusals."""

    created: int = 0
    updated: int = 0
    moved: int = 0
    refused: list[str] = field(default_factory=list)


def contacts_identify(*, now: datetime) -> Identified:
    """Read the events on; run again, it finds none and changes nothing."""
    done = Identified()
    news_read(READER, lambda first, end: _read(first, end, now, done), now=now)
    return done


def _read(first: int, end: int, now: datetime, done: Identified) -> None:
    said = Event.objects.filter(kind__in=KINDS, transaction_id__gte=first, transaction_id__lt=end)
    ordered = said.order_by("occurred_at", "pk")
    for events in _in_batches(ordered.iterator(chunk_size=2_000)):
        refused = _claim(events, now, done)
        units = _identified_units(events)
        for each in refused:
            rejection_keep(source=SOURCE, reason=each, payload={})
        done.refused += refused
        _contacts_update(units, range(first, end), now, done)
    # Events that came under a name that was claimed before.
    done.moved += aliases_apply(first, end)


def _in_batches(events: Iterable[Event]) -> Iterator[list[Event]]:
    batch: list[Event] = []
    for event in events:
        batch.append(event)
        if len(batch) >= UNITS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _anonymous_id(event: Event) -> str:
    return str(event.context.get("anonymousId") or "")


def _claim(events: Sequence[Event], now: datetime, done: Identified) -> list[str]:
    """Give each name that is said to be a unit's to it, with its events; what was refused."""
    claims: dict[str, tuple[str, datetime]] = {}
    for event in events:
        alias = (
            str(event.properties.get("previousId") or "")
            if event.kind == Event.Kind.ALIAS
            else _anonymous_id(event)
        )
        if alias and alias != event.unit_id:
            claims.setdefault(alias, (event.unit_id, event.occurred_at))
    known = set(
        Contact.objects.filter(external_id__in=claims).values_list("external_id", flat=True)
    )
    refused = [
        f"alias: “{alias}” is a contact of its own, and is not merged into “{claims[alias][0]}”"
        for alias in sorted(known)
    ]
    free = {alias: claim for alias, claim in claims.items() if alias not in known}
    free = {alias: (unit, since) for alias, (unit, since) in _settled(free).items()}
    old = set(UnitAlias.objects.filter(alias__in=free).values_list("alias", flat=True))
    held = aliases_add(free)
    merged = [
        {"contact": unit, "alias": alias}
        for alias, (unit, _) in sorted(free.items())
        if alias not in held and alias not in old
    ]
    webhooks_publish(MERGED, merged, now=now)
    refused += [
        f"alias: “{alias}” is “{unit}” already, and not “{free[alias][0]}” too"
        for alias, unit in sorted(held.items())
    ]
    done.moved += units_move([alias for alias in free if alias not in held])
    return refused


def _settled(
    claims: Mapping[str, tuple[str, datetime]],
) -> dict[str, tuple[str, datetime]]:
    """The claims with units that are aliases themselves followed to the end; circles are left out.

    Names that led to an alias lead on to its unit from now on.
    """
    names = {name for alias, (unit, _) in claims.items() for name in (alias, unit)}
    leads = dict(UnitAlias.objects.filter(alias__in=names).values_list("alias", "unit_id"))
    settled: dict[str, tuple[str, datetime]] = {}
    for alias, (unit, since) in claims.items():
        end = _end_of(unit, leads)
        if end == alias:
            continue
        settled[alias] = (end, since)
        if alias not in leads:
            leads[alias] = end
            UnitAlias.objects.filter(unit_id=alias).update(unit_id=end)
    return {alias: (_end_of(unit, leads), since) for alias, (unit, since) in settled.items()}


def _end_of(unit: str, leads: Mapping[str, str]) -> str:
    seen = {unit}
    while (further := leads.get(unit)) is not None and further not in seen:
        unit = further
        seen.add(unit)
    return unit


def _identified_units(events: Sequence[Event]) -> list[str]:
    """Who is named by the shop's own id: an anonymous id is nobody yet."""
    named = {
        event.unit_id
        for event in events
        if event.kind == Event.Kind.ALIAS or event.unit_id != _anonymous_id(event)
    }
    aliases = dict(UnitAlias.objects.filter(alias__in=named).values_list("alias", "unit_id"))
    return sorted({aliases.get(unit, unit) for unit in named})


def _contacts_update(units: Sequence[str], news: range, now: datetime, done: Identified) -> None:
    """Make the contacts that are not there, and give all of them what is new.

    Events that were moved just now bear this transaction, and so are news of the next run.
    """
    history: dict[str, list[Event]] = defaultdict(list)
    said = Event.objects.filter(unit_id__in=units, kind=Event.Kind.IDENTIFY)
    for event in said.order_by("occurred_at", "pk"):
        history[event.unit_id].append(event)
    known = set(
        Contact.objects.filter(external_id__in=history).values_list("external_id", flat=True)
    )
    missing = [unit for unit in sorted(history) if unit not in known]
    Contact.objects.bulk_create(
        (Contact(external_id=unit) for unit in missing), ignore_conflicts=True
    )
    done.created += len(missing)
    _tell_identified(missing, now)
    contacts = Contact.objects.select_for_update().filter(external_id__in=history)
    changed = []
    for contact in contacts.order_by("pk"):
        events = history[contact.external_id]
        if _apply(contact, events, news, done):
            contact.updated_at = now
            changed.append(contact)
        _note_consent(contact, [event for event in events if event.transaction_id in news])
    Contact.objects.bulk_update(changed, _FIELDS)
    done.updated += len({contact.external_id for contact in changed} - set(missing))


def _tell_identified(made: Sequence[str], now: datetime) -> None:
    found = Contact.objects.filter(external_id__in=made).order_by("pk") if made else ()
    told = [{"contact": one.external_id, "subject": str(one.subject_id)} for one in found]
    webhooks_publish(IDENTIFIED, told, now=now)


def _apply(contact: Contact, events: Sequence[Event], news: range, done: Identified) -> bool:
    """Whether anything changed: of a trait, the newest event counts, if it is among the news."""
    before = _state(contact)
    newest: dict[str, tuple[Any, bool]] = {}
    for event in events:
        is_news = event.transaction_id in news
        traits = traits_of(event.properties)
        if is_news:
            _refuse(traits, event, done)
        newest |= {f".{name}": (value, is_news) for name, value in traits.fields.items()}
        newest |= {name: (value, is_news) for name, value in traits.attributes.items()}
    attributes = dict(contact.attributes)
    for name, (value, is_news) in newest.items():
        if not is_news:
            continue
        if name.startswith("."):
            setattr(contact, name[1:], value)
        elif value is None:
            attributes.pop(name, None)
        elif name in attributes or len(attributes) < MOST_ATTRIBUTES:
            attributes[name] = value
    contact.attributes = attributes
    return _state(contact) != before


def _state(contact: Contact) -> tuple[Any, ...]:
    return (contact.email, contact.first_name, contact.last_name, contact.attributes)


def _refuse(traits: Traits, event: Event, done: Identified) -> None:
    """What is wrong is named without quoting it: it may be anybody's."""
    for reason in traits.refused:
        rejection_keep(
            source=SOURCE,
            reason=f"{reason} ({event.unit_id})",
            payload={"messageId": event.message_id, "source": event.source},
        )
        done.refused.append(reason)


def _note_consent(contact: Contact, events: Iterable[Event]) -> None:
    """Segment's form of consent: `context.consent.categoryPreferences`, by our purposes' names."""
    statements = []
    for event in events:
        consent = event.context.get("consent")
        said = consent.get("categoryPreferences") if isinstance(consent, dict) else None
        for purpose, is_given in said.items() if isinstance(said, dict) else ():
            if purpose in ConsentPurpose.values and isinstance(is_given, bool):
                source = f"event {event.source} {event.message_id}"[:200]
                statements.append(
                    Statement(contact.subject_id, purpose, is_given, event.occurred_at, source)
                )
    consents_record(statements)
