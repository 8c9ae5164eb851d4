"""What a writer is told, and what it writes: plain values that travel as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import InputRefused

COPY_FIELDS = ("subject", "preheader", "body", "call_to_action")


@dataclass(frozen=True)
class Copy:
    """The four texts of an email, in Liquid."""

    subject: str
    preheader: str
    body: str
    call_to_action: str

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield `(field, text)` in reading order."""
        for name in COPY_FIELDS:
            yield name, getattr(self, name)

    def to_json(self) -> dict[str, str]:
        return dict(self.texts())

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> Copy:
        """Parse a copy; refuses missing fields and anything that is not text."""
        return cls(**{name: _text(payload, name) for name in COPY_FIELDS})


@dataclass(frozen=True)
class OfferTerms:
    """What copy may promise: these words and numbers, and no others."""

    text: str
    code: str = ""
    terms: str = ""
    url: str = ""

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> OfferTerms:
        names = ("text", "code", "terms", "url")
        return cls(**{name: _text(payload, name, default="") for name in names})


@dataclass(frozen=True)
class Brief:
    """One cell to write for: one angle, for one audience, in the frame of one template."""

    key: str
    channel: str
    kind: str
    angle: str
    tone: str
    brand_name: str
    descriptors: str
    banned_terms: tuple[str, ...]
    required_terms: tuple[str, ...]
    approved_claims: tuple[str, ...]
    audience_name: str
    portrait: str
    interests: tuple[str, ...]
    template: Copy
    offer: OfferTerms | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        for name in _TUPLES:
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def to_json(self) -> dict[str, Any]:
        payload: dict[str, Any] = {name: getattr(self, name) for name in _TEXTS}
        payload |= {name: list(getattr(self, name)) for name in _TUPLES}
        payload["template"] = self.template.to_json()
        payload["offer"] = self.offer.to_json() if self.offer else None
        return payload

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> Brief:
        """Parse a brief, or refuse it naming the field."""
        offer = payload.get("offer")
        values: dict[str, Any] = {name: _text(payload, name) for name in _TEXTS}
        values |= {name: _texts(payload, name) for name in _TUPLES}
        template = Copy.from_json(_mapping(payload, "template"))
        return cls(
            **values,
            template=template,
            offer=OfferTerms.from_json(_mapping(payload, "offer")) if offer is not None else None,
        )


_TEXTS = (
    "key",
    "channel",
    "kind",
    "angle",
    "tone",
    "brand_name",
    "descriptors",
    "audience_name",
    "portrait",
    "language",
)
_TUPLES = ("banned_terms", "required_terms", "approved_claims", "interests")


def seed_for(*parts: object) -> int:
    """A seed of 63 bits from what identifies the work, the same in every process everywhere."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _text(payload: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    value = payload.get(name, default)
    if not isinstance(value, str):
        raise InputRefused(f"{name} must be text, not {type(value).__name__}", field=name)
    return value


def _texts(payload: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = payload.get(name)
    if not isinstance(values, list | tuple) or not all(isinstance(text, str) for text in values):
        raise InputRefused(f"{name} must be a list of texts", field=name)
    return tuple(values)


def _mapping(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = payload.get(name)
    if not isinstance(value, Mapping):
        raise InputRefused(f"{name} must be an object with named texts", field=name)
    return value
