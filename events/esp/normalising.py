"""From what anymail read to an event of ours, without the address it is about. Pure.

The shapes of the raw events are those of each tool's webhook documentation.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from events.bots.networks import Networks, network_of
from events.bots.reasons import event_reasons
from events.esp import raw
from events.incoming import LONGEST_ID, EventRefused, IncomingEvent, check_moment

ADDRESS_UNIT = "address:"
LONGEST_TEXT = 300
NAMES = {
    EventType.QUEUED: "Email Queued",
    EventType.SENT: "Email Sent",
    EventType.REJECTED: "Email Rejected",
    EventType.FAILED: "Email Failed",
    EventType.BOUNCED: "Email Bounced",
    EventType.DEFERRED: "Email Deferred",
    EventType.DELIVERED: "Email Delivered",
    EventType.AUTORESPONDED: "Email Autoresponded",
    EventType.OPENED: "Email Opened",
    EventType.CLICKED: "Email Link Clicked",
    EventType.COMPLAINED: "Email Marked as Spam",
    EventType.UNSUBSCRIBED: "Unsubscribed",
    EventType.SUBSCRIBED: "Subscribed",
}
# Under these, with or without “copylift_” before them, our ids travel as metadata of a mail.
CARRIED = ("campaign", "delivery", "arm", "assignment", "experiment", "variant")
CONTACT = ("contact", "contact_id", "unit", "userId", "user_id", "external_id")
PREFIX = "copylift_"
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+(?:@|%40)[^\s<>\"'(),;:/?&#]+", re.IGNORECASE)


class Effect(StrEnum):
    """What a report does to the suppression list; the values are its reasons."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    RENEW = "renew"


# A tool that refuses to send says by the reason what it remembers of the person.
_REMEMBERED = {
    RejectReason.BOUNCED: Effect.BOUNCED,
    RejectReason.INVALID: Effect.BOUNCED,
    RejectReason.SPAM: Effect.COMPLAINED,
    RejectReason.UNSUBSCRIBED: Effect.UNSUBSCRIBED,
}
_DIRECT = {
    EventType.COMPLAINED: Effect.COMPLAINED,
    EventType.UNSUBSCRIBED: Effect.UNSUBSCRIBED,
    EventType.SUBSCRIBED: Effect.RENEW,
}


@dataclass(frozen=True)
class MailReport:
    """
    Attributes:
        event: Its `unit_id` is empty where the tool's metadata does not name the contact.
        digest: Keyed hash of the recipient's address; empty where none is given.
        effect: What it means for the suppression list.
    """

    event: IncomingEvent
    digest: str
    effect: Effect | None


def report_of(
    found: AnymailTrackingEvent,
    *,
    esp: str,
    digest: str,
    now: datetime,
    networks: Networks | None = None,
) -> MailReport | None:
    """A report of ours, or None for what says nothing of a mail's fate.

    Args:
        found: What anymail read.
        esp: Key of the tool.
        digest: Of the recipient's address, see `privacy.addresses`.
        now: When it was received; aware.
        networks: Of mail scanners.

    Raises:
        EventRefused: It names no recipient, or its time is out of range.
    """
    if found.event_type not in NAMES:
        return None
    plain = raw.plain(found.esp_event)
    if found.event_type in (EventType.OPENED, EventType.CLICKED) and raw.is_anybodys(esp, plain):
        return None
    metadata = found.metadata if isinstance(found.metadata, Mapping) else {}
    unit_id = _contact(metadata)
    if not unit_id and not digest:
        raise EventRefused("names neither a contact nor an address", field="recipient")
    properties = _properties(found, esp, metadata, plain)
    context, address = _context(found, esp, plain)
    name = NAMES[found.event_type]
    event = IncomingEvent(
        message_id=_identity(found, esp, digest or unit_id, plain),
        kind="track",
        name=name,
        unit_id=unit_id,
        occurred_at=check_moment(_moment(found.timestamp) or now, now=now),
        properties=properties,
        context=context,
        bot_reasons=event_reasons(
            kind="track",
            name=name,
            value=None,
            properties=properties,
            context={**context, "network": address},
            networks=networks,
        ),
    )
    return MailReport(event, digest, effect_of(found, esp=esp, plain=plain))


def effect_of(found: AnymailTrackingEvent, *, esp: str, plain: Mapping[str, Any]) -> Effect | None:
    """What it means for the suppression list; a bounce that may pass means nothing."""
    if found.event_type == EventType.REJECTED:
        return _REMEMBERED.get(found.reject_reason)
    if found.event_type in (EventType.BOUNCED, EventType.FAILED):
        return Effect.BOUNCED if raw.is_permanent(esp, plain) else None
    return _DIRECT.get(found.event_type)


def _contact(metadata: Mapping[str, Any]) -> str:
    return next((text for name in CONTACT if (text := _carried(metadata, name))), "")


def _carried(metadata: Mapping[str, Any], name: str) -> str:
    value = metadata.get(f"{PREFIX}{name}", metadata.get(name))
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    return text if len(text) <= LONGEST_ID and "\x00" not in text else ""


def _properties(
    found: AnymailTrackingEvent, esp: str, metadata: Mapping[str, Any], plain: Mapping[str, Any]
) -> dict[str, Any]:
    said: dict[str, Any] = {name: _carried(metadata, name) for name in CARRIED}
    said |= {
        "esp": esp,
        "messageId": _text(found.message_id),
        "url": without_addresses(found.click_url) if found.click_url else "",
        "rejectReason": found.reject_reason or "",
        "response": without_addresses(_text(found.mta_response or found.description)),
        "machine": raw.machine_word(esp, plain, metadata),
    }
    if found.event_type in (EventType.BOUNCED, EventType.FAILED):
        said["isPermanent"] = raw.is_permanent(esp, plain)
    return {name: value for name, value in said.items() if value not in ("", None)}


def _context(
    found: AnymailTrackingEvent, esp: str, plain: Mapping[str, Any]
) -> tuple[dict[str, str], str]:
    """What is kept of where it came from, and the address that is not kept."""
    address = raw.visitor_address(esp, plain)
    said = {
        "userAgent": _text(found.user_agent or raw.visitor_agent(esp, plain), longest=500),
        "network": network_of(address),
        "tool": esp,
    }
    return {name: value for name, value in said.items() if value}, address


def _text(value: object, *, longest: int = LONGEST_TEXT) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    return " ".join(str(value).replace("\x00", "").split())[:longest]


def without_addresses(text: str) -> str:
    """A text or a link with e-mail addresses taken out.

    >>> without_addresses("550 5.1.1 <ann@shop.example>: user unknown")
    '550 5.1.1 <[address]>: user unknown'
    >>> without_addresses("https://shop.example/sale?who=ann%40shop.example&page=2")
    'https://shop.example/sale?page=2'
    """
    text = text.replace("\x00", "")[:2_000]
    if text.startswith(("http://", "https://")):
        try:
            parts = urlsplit(text)
        except ValueError:
            return ""
        kept = [(key, value) for key, value in parse_qsl(parts.query) if "@" not in value]
        path = "" if "@" in unquote(parts.path) else parts.path
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, path, urlencode(kept), ""))
    return _ADDRESS.sub("[address]", text)


def _moment(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)


def _identity(found: AnymailTrackingEvent, esp: str, whose: str, plain: Mapping[str, Any]) -> str:
    """The same for a report sent again, another for another recipient of the same notice."""
    own = raw.identity(esp, plain) or found.event_id
    if not own:
        own = json.dumps(plain, sort_keys=True, default=str)
    same = json.dumps([esp, str(own), found.event_type, whose])
    return f"esp:{hashlib.sha256(same.encode()).hexdigest()}"
