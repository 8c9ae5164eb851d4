"""Requests of people about their data, as OpenDSR writes them: parsed or refused. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.errors import InputRefused

API_VERSION = "1.0"
TYPES = ("access", "portability", "erasure")
REGULATIONS = ("gdpr", "ccpa")
# Article 12 of the GDPR: a month; the CCPA gives 45 days.
DUE_WITHIN = {"gdpr": timedelta(days=30), "ccpa": timedelta(days=45)}
IDENTITY_TYPES = ("email", "controller_customer_id")
IDENTITIES_MAX = 20
CALLBACKS_MAX = 5
ADDRESS_MAX = 2_000
VALUE_MAX = 320
# Clocks differ; more than this is a mistake.
AHEAD_MAX = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a request is about: an e-mail address, or what the shop calls them."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be worked on."""

    id: UUID
    type: str
    regulation: str
    submitted_at: datetime
    identities: tuple[Identity, ...]
    callbacks: tuple[str, ...] = ()


def parse_request(given: object, *, now: datetime) -> Asked:
    """A request as JSON gave it.

    Raises:
        InputRefused: It is none; `field` is the place, the message what to send instead.

    >>> now = datetime(2026, 11, 23, 15, tzinfo=UTC)
    >>> parse_request({"subject_request_id": "a7551968-d5d6-44b2-9831-815ac9017798"}, now=now)
    Traceback (most recent call last):
    core.errors.InputRefused: subject_request_type: choose access, portability, erasure
    """
    if not isinstance(given, Mapping):
        raise InputRefused("the request must be a JSON object", field="")
    if given.get("api_version", API_VERSION) != API_VERSION:
        raise InputRefused(f"api_version: only {API_VERSION} is spoken here", field="api_version")
    return Asked(
        id=_uuid(given.get("subject_request_id")),
        type=_one_of(given.get("subject_request_type"), TYPES, "subject_request_type"),
        regulation=_one_of(given.get("regulation", "gdpr"), REGULATIONS, "regulation"),
        submitted_at=_moment(given.get("submitted_time"), now=now),
        identities=_identities(given.get("subject_identities")),
        callbacks=_callbacks(given.get("status_callback_urls") or []),
    )


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise InputRefused(
            "subject_request_id: send a UUID of your own, the same one when you ask again",
            field="subject_request_id",
        ) from None


def _one_of(value: object, known: tuple[str, ...], field: str) -> str:
    if value not in known:
        raise InputRefused(f"{field}: choose {', '.join(known)}", field=field)
    return str(value)


def _moment(value: object, *, now: datetime) -> datetime:
    if value is None:
        return now
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment > now + AHEAD_MAX:
        raise InputRefused(
            "submitted_time: send a past moment with its zone, e.g. 2026-11-23T15:00:00Z",
            field="submitted_time",
        )
    return moment.astimezone(UTC)


def _callbacks(value: object) -> tuple[str, ...]:
    if (
        not isinstance(value, list)
        or len(value) > CALLBACKS_MAX
        or not all(isinstance(url, str) and 0 < len(url) <= ADDRESS_MAX for url in value)
    ):
        raise InputRefused(
            f"status_callback_urls: send a list of at most {CALLBACKS_MAX} web addresses",
            field="status_callback_urls",
        )
    return tuple(dict.fromkeys(value))


def _identities(value: object) -> tuple[Identity, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= IDENTITIES_MAX:
        raise InputRefused(
            f"subject_identities: send a list of 1 to {IDENTITIES_MAX}", field="subject_identities"
        )
    return tuple(_identity(one, f"subject_identities[{place}]") for place, one in enumerate(value))


def _identity(value: object, place: str) -> Identity:
    if not isinstance(value, Mapping):
        raise InputRefused(f"{place}: must be an object", field=place)
    kind = _one_of(value.get("identity_type"), IDENTITY_TYPES, f"{place}.identity_type")
    if value.get("identity_format", "raw") != "raw":
        raise InputRefused(
            f"{place}.identity_format: send it raw; it is kept as a keyed hash once done",
            field=f"{place}.identity_format",
        )
    said = value.get("identity_value")
    if not isinstance(said, str) or not 0 < len(said.strip()) <= VALUE_MAX or "\0" in said:
        raise InputRefused(
            f"{place}.identity_value: must be a text of 1 to {VALUE_MAX} characters",
            field=f"{place}.identity_value",
        )
    return Identity(kind, said.strip())
