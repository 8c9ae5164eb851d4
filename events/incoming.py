"""Messages in Segment's shape, parsed at the door: an event we can trust, or a reason. Pure.

Source of the shape: Segment's HTTP tracking API,
https://www.twilio.com/docs/segment/connections/sources/catalog/libraries/server/http-api
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson

from events.bots.networks import Networks
from events.bots.reasons import event_reasons

KINDS = ("track", "page", "screen", "identify", "group", "alias")
LONGEST_ID = 200
LARGEST_EVENT = 32 * 1024
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FUTURE_ALLOWED = timedelta(days=1)
VALUE_PROPERTIES = ("revenue", "value", "total")
VALUE_DIGITS = 18
VALUE_PLACES = 4
# Below this, a difference between the sender's clock and ours is the way the message took.
CLOCK_TOLERANCE = timedelta(minutes=1)
_VALUE_LIMIT = Decimal(10) ** (VALUE_DIGITS - VALUE_PLACES)
_VALUE_STEP = Decimal(1).scaleb(-VALUE_PLACES)
_LARGEST_EXPONENT = 300
# They come to stand in headers, file names and logs.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)


class EventRefused(Exception):
    """A message cannot be an event: `field` is where, the message is why."""

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(f"{field} {reason}" if field else reason)
        self.field = field


@dataclass(frozen=True)
class IncomingEvent:
    """One thing a unit did, as the log keeps it.

    Attributes:
        message_id: what makes it the same event however often it is sent.
        kind: one of KINDS.
        name: for `track`, what was done; for `page` and `screen`, which.
        unit_id: who: the contact's external id.
        occurred_at: when, by our clock; aware.
        value: what it was worth, at most four decimal places; None if it says nothing of that.
        properties: the rest, JSON with numbers as int or Decimal.
        context: where it came from.
        bot_reasons: why no person is thought to have done it; keys of `events.bots.MEANINGS`.
    """

    message_id: str
    kind: str
    name: str
    unit_id: str
    occurred_at: datetime
    value: Decimal | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    bot_reasons: tuple[str, ...] = ()


def parse_json(body: bytes) -> Any:
    """JSON in which every number with a point is the exact Decimal that was written.

    NaN and Infinity, which are not JSON and which some clients send, become Decimals that
    `parse_event` refuses, so that one of them does not cost the whole batch.

    Args:
        body: UTF-8 text.

    Returns:
        dict, list, str, int, Decimal, bool or None.

    Raises:
        EventRefused: it is not JSON.

    >>> parse_json(b'{"revenue": 0.10}')
    {'revenue': Decimal('0.10')}
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise EventRefused(f"the body is not JSON: {error}") from None


def dump_json(value: object) -> bytes:
    """JSON of what `parse_json` gave, its numbers unchanged.

    Args:
        value: anything made of dict, list, str, int, Decimal, bool and None.

    Returns:
        UTF-8 text.

    Raises:
        EventRefused: it holds NaN, Infinity, a number out of range, or text that is not Unicode.

    >>> dump_json({"revenue": Decimal("0.10")})
    b'{"revenue":0.10}'
    """
    try:
        return orjson.dumps(value, default=_exact_number)
    except TypeError as error:
        raise EventRefused(f"cannot be kept: {error.__cause__ or error}") from None


def _exact_number(value: object) -> orjson.Fragment:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not JSON")
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(f"{str(value)[:40]} is not a number we can keep")
    return orjson.Fragment(str(value).encode())


def parse_event(
    message: object,
    *,
    now: datetime,
    kind: str | None = None,
    sent_at: object = None,
    position: int = 0,
    networks: Networks | None = None,
) -> IncomingEvent:
    """An event, or the reason it is none.

    Args:
        message: what `parse_json` gave for one message.
        now: when it was received; aware.
        kind: what the address says it is; None takes the message's own `type`.
        sent_at: the batch's `sentAt`, for messages that have none of their own.
        position: its place in the batch; part of the identity of a message without id and time.
        networks: of mail scanners, to flag what comes from them.

    Returns:
        The event, safe to store.

    Raises:
        EventRefused: naming the field and the reason.

    >>> event = parse_event(
    ...     {"type": "track", "userId": "u1", "event": "Order Completed", "messageId": "m1",
    ...      "properties": {"revenue": Decimal("42.50")}},
    ...     now=datetime(2026, 11, 23, tzinfo=UTC),
    ... )
    >>> event.unit_id, event.name, event.value
    ('u1', 'Order Completed', Decimal('42.5000'))
    """
    if not isinstance(message, dict):
        raise EventRefused("is not a JSON object")
    content = _checked_content(message)
    found = kind or message.get("type")
    if found not in KINDS:
        raise EventRefused(f"must be one of {', '.join(KINDS)}", field="type")
    name, properties, context = (
        _name(message, found),
        _properties(message, found),
        _context(message),
    )
    value = value_of(properties)
    return IncomingEvent(
        message_id=_identifier(message, "messageId") or _own_id(content, message, now, position),
        kind=found,
        name=name,
        unit_id=_unit(message),
        occurred_at=occurred_at(message, now=now, sent_at=sent_at),
        value=value,
        properties=properties,
        context=context,
        bot_reasons=event_reasons(
            kind=found,
            name=name,
            value=value,
            properties=properties,
            context=context,
            networks=networks,
        ),
    )


def _checked_content(message: dict[str, Any]) -> bytes:
    content = dump_json(message)
    if len(content) > LARGEST_EVENT:
        raise EventRefused(f"is {len(content):,} bytes; the limit is {LARGEST_EVENT:,}")
    if rb"\u0000" in content and _holds_nul(message):
        raise EventRefused("contains a NUL character")
    return content


def _holds_nul(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_nul, [*value.keys(), *value.values()]))
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\x00" in value


def _identifier(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise EventRefused("must be a text", field=name)
    text = str(value).strip()
    if len(text) > LONGEST_ID:
        raise EventRefused(f"is longer than {LONGEST_ID} characters", field=name)
    if _CONTROL.search(text):
        raise EventRefused("contains a line break or another control character", field=name)
    return text


def _unit(message: Mapping[str, Any]) -> str:
    unit = _identifier(message, "userId") or _identifier(message, "anonymousId")
    if not unit:
        raise EventRefused("or anonymousId is required", field="userId")
    return unit


def _name(message: Mapping[str, Any], kind: str) -> str:
    if kind not in ("track", "page", "screen"):
        return ""
    field_name = "event" if kind == "track" else "name"
    name = _identifier(message, field_name)
    if kind == "track" and not name:
        raise EventRefused("is required: it says what was done", field=field_name)
    return name


def _own_id(content: bytes, message: Mapping[str, Any], now: datetime, position: int) -> str:
    """An id from the content, so that a repeated call is stored once.

    Without a time of its own a message says that it happened now, and the same again later is
    another event; so then the time of receipt is part of its identity.
    """
    own_time = message.get("originalTimestamp") or message.get("timestamp")
    salt = b"" if own_time else f"{now.isoformat()}#{position}".encode()
    return f"sha256:{hashlib.sha256(content + salt).hexdigest()}"


def _properties(message: Mapping[str, Any], kind: str) -> dict[str, Any]:
    own = "traits" if kind in ("identify", "group") else "properties"
    properties = _object(message, own)
    for name in ("groupId", "previousId"):
        if message.get(name) is not None:
            properties = {**properties, name: _identifier(message, name)}
    return properties


def _context(message: Mapping[str, Any]) -> dict[str, Any]:
    context = _object(message, "context")
    anonymous_id = _identifier(message, "anonymousId")
    return {**context, "anonymousId": anonymous_id} if anonymous_id else context


def _object(message: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = message.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise EventRefused("must be a JSON object", field=name)
    return value


def value_of(properties: Mapping[str, Any]) -> Decimal | None:
    """What an event was worth: its revenue, else its value, else its total.

    Args:
        properties: numbers as int or Decimal (a float is what it prints as); a text that is a
            plain number counts as one.

    Returns:
        The exact number, rounded half up to four decimal places; None where none of the three
        is a number.

    Raises:
        EventRefused: the number is too large to keep.

    >>> value_of({"total": 12, "revenue": Decimal("9.99")})
    Decimal('9.9900')
    >>> value_of({"value": "blue"}) is None
    True
    """
    for name in VALUE_PROPERTIES:
        number = _number(properties.get(name))
        if number is not None:
            if abs(number) >= _VALUE_LIMIT - 1:
                raise EventRefused("is too large to be an amount", field=f"properties.{name}")
            return number.quantize(_VALUE_STEP, rounding=ROUND_HALF_UP)
    return None


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    if isinstance(value, float):
        return Decimal(str(value)) if math.isfinite(value) else None
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(value.strip()):
        return None
    return Decimal(value)


def occurred_at(message: Mapping[str, Any], *, now: datetime, sent_at: object = None) -> datetime:
    """When it happened, by our clock.

    A sender that gives `originalTimestamp` and `sentAt` has both from its own clock, so the time
    is `now - (sentAt - originalTimestamp)` (Segment's rule). A bare `timestamp` is taken as it is,
    unless `sentAt` shows that the sender's clock is off by more than a minute. Beside an
    `originalTimestamp`, a `timestamp` is what a person stated (RudderStack's client for Node) or
    what was corrected before (a message that Segment passed on), and is taken as it is.

    Args:
        message: may hold `originalTimestamp`, `timestamp` and `sentAt`, texts in ISO 8601.
        now: when it was received; aware.
        sent_at: used where the message has no `sentAt`.

    Returns:
        An aware time; `now` where the message names none.

    Raises:
        EventRefused: a time cannot be read, is before the year 2000, or more than a day ahead.

    >>> received = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)
    >>> occurred_at({"originalTimestamp": "2020-01-01T00:00:00Z", "sentAt": "2020-01-01T00:00:07Z"},
    ...             now=received).isoformat()
    '2026-11-23T12:00:03+00:00'
    """
    original = _moment(message.get("originalTimestamp"), "originalTimestamp")
    stated = _moment(message.get("timestamp"), "timestamp")
    given = stated or original
    if given is None:
        return now
    if stated and original:
        return check_moment(stated, now=now)
    sent = _moment(message.get("sentAt") or sent_at, "sentAt")
    try:
        if sent is not None and (original or abs(now - sent) > CLOCK_TOLERANCE):
            given += now - sent
    except OverflowError:
        raise EventRefused("is out of range", field="timestamp") from None
    return check_moment(given, now=now)


def check_moment(moment: datetime, *, now: datetime) -> datetime:
    """The moment, if an event can have happened then.

    Raises:
        EventRefused: it is before the year 2000, or more than a day ahead.
    """
    if moment < EARLIEST:
        raise EventRefused(f"{moment.isoformat()} is before {EARLIEST:%Y-%m-%d}", field="timestamp")
    if moment > now + FUTURE_ALLOWED:
        raise EventRefused(f"{moment.isoformat()} is more than a day ahead", field="timestamp")
    return moment


def _moment(value: object, name: str) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(str(value) if isinstance(value, str) else "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise EventRefused("is not a time in ISO 8601", field=name) from None
