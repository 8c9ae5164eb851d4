"""What a writer is told, and what it writes: plain values that travel as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import InputRefused
from generation.copies import COPY_FIELDS, Copy

__all__ = ["COPY_FIELDS", "Brief", "Copy", "OfferTerms", "seed_for"]


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
    """One cell to write for: one angle, for one audience, in the frame of one template.

    Attributes:
        brand_sentences: What the brand has said before, for a writer that builds on its words.
        past_copy: Copy of the brand that people approved.
        winning_copy: Copy of the brand that won its test.
        voice_version: Which version of the brand voice this is; 0 where nobody counts.
        products: Titles of what these readers would be shown, in recommendation copy.
    """

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
    dos: tuple[str, ...] = ()
    donts: tuple[str, ...] = ()
    brand_sentences: tuple[str, ...] = ()
    past_copy: tuple[Copy, ...] = ()
    winning_copy: tuple[Copy, ...] = ()
    voice_version: int = 0
    products: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in (*_TUPLES, *_LATER_TUPLES, *_COPIES):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.template.channel != self.channel:
            raise InputRefused(
                f"template: it is copy of channel {self.template.channel}, and the brief is for "
                f"{self.channel}",
                field="template",
            )

    def to_json(self) -> dict[str, Any]:
        payload: dict[str, Any] = {name: getattr(self, name) for name in _TEXTS}
        payload |= {name: list(getattr(self, name)) for name in (*_TUPLES, *_LATER_TUPLES)}
        payload |= {name: [copy.to_json() for copy in getattr(self, name)] for name in _COPIES}
        payload["voice_version"] = self.voice_version
        payload["template"] = self.template.to_json()
        payload["offer"] = self.offer.to_json() if self.offer else None
        return payload

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> Brief:
        """Parse a brief, or refuse it naming the field. What came later may be missing."""
        offer = payload.get("offer")
        values: dict[str, Any] = {name: _text(payload, name) for name in _TEXTS}
        values |= {name: _texts(payload, name) for name in _TUPLES}
        values |= {name: _texts(payload, name) for name in _LATER_TUPLES if name in payload}
        values |= {name: _copies(payload, name) for name in _COPIES if name in payload}
        template = Copy.from_json(_mapping(payload, "template"))
        return cls(
            **values,
            template=template,
            offer=OfferTerms.from_json(_mapping(payload, "offer")) if offer is not None else None,
            voice_version=_number(payload, "voice_version"),
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
_LATER_TUPLES = ("dos", "donts", "brand_sentences", "products")
_COPIES = ("past_copy", "winning_copy")


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


def _copies(payload: Mapping[str, Any], name: str) -> tuple[Copy, ...]:
    values = payload.get(name)
    if not isinstance(values, list | tuple) or not all(isinstance(one, Mapping) for one in values):
        raise InputRefused(f"{name} must be a list of copies", field=name)
    return tuple(Copy.from_json(one) for one in values)


def _number(payload: Mapping[str, Any], name: str) -> int:
    value = payload.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputRefused(f"{name} must be a whole number", field=name)
    return value
