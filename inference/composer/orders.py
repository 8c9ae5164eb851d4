"""What is asked for: a request read from its controls, and the task each field sets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inference.channels import channel_of
from inference.composer.frames import Frame, read_frame
from inference.composer.kinds import NEWS
from inference.composer.slots import ROLES, realise
from inference.composer.surfaces import SURFACES, Surface
from inference.composer.tones import FURTHER, GREETINGS
from inference.composer.topics import topics
from inference.composer.voice import Voice, mine_voice

# How long a value may be once it stands there, where the brief does not say.
_LONGEST = {"name": 11, "url": 30, "expires": 14, "product": 28, "code": 8, "offer": 20}
_CLAIMING = frozenset({"social_proof", "benefit_first"})
_WOVEN = {
    "title": frozenset({"name", "offer", "code", "brand"}),
    "preheader": frozenset({"name", "offer", "code", "expires", "product"}),
    "message": frozenset(ROLES) - {"claim"},
}
_STOP = re.compile(r"(?:\b(?:Reply|Text|Txt|Send)\s+)?\bSTOP\b[^.!?\n{}]*[.!?]?")
_WAY_OUT = re.compile(r"unsubscribe|opt[ _-]?out|\bstop\b", re.IGNORECASE)
_USUAL_WAY_OUT = "Reply STOP to opt out"
_PLAIN_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "…": "..."})
_LONGEST_OFFER = {"ad": 30, "banner": 30, "push": 60, "sms": 60}


@dataclass(frozen=True)
class Order:
    """What a writer needs of a request, read from its controls."""

    channel: str
    angle: str
    tone: str
    kind: str
    brand: str
    topics: tuple[str, ...]
    claims: tuple[str, ...]
    banned: re.Pattern[str] | None
    required: tuple[str, ...]
    offer: Mapping[str, str]
    frames: Mapping[str, Frame]
    template: Mapping[str, str]
    voice: Voice

    @classmethod
    def from_controls(cls, controls: Mapping[str, Any]) -> Order:
        """Read the controls.

        Raises:
            DomainError: There is no such channel.
        """
        channel = channel_of(controls)
        given = controls["template"]
        template = {field: str(given.get(field, "")) for field, _, _ in SURFACES[channel]}
        tone, kind = str(controls.get("tone", "")), str(controls.get("kind", ""))
        return cls(
            channel=channel,
            angle=str(controls.get("angle", "")),
            tone=tone if tone in GREETINGS else "plain",
            kind=kind if kind in NEWS else "promotion",
            brand=str(controls.get("brand_name", "")),
            topics=tuple(topics(controls.get("interests", ()))[:4]),
            claims=tuple(claim for claim in controls.get("approved_claims", ()) if claim.strip()),
            banned=any_word(controls.get("banned_terms", ())),
            required=tuple(controls.get("required_terms", ())),
            offer=controls.get("offer") or {},
            frames={name: read_frame(text) for name, text in template.items()},
            template=template,
            voice=mine_voice(controls.get("brand_sentences", ())),
        )

    def allows(self, text: str) -> bool:
        return self.banned is None or not self.banned.search(folded(text))

    def tasks(self) -> tuple[Task, ...]:
        return tuple(_task(self, surface) for surface in SURFACES[self.channel])

    def roles(self) -> set[str]:
        return {role for frame in self.frames.values() for role in frame.tags}


@dataclass(frozen=True)
class Task:
    """One field to write.

    Attributes:
        surface: Which field.
        roles: The slots the text must have, once each, beside its topics.
        sources: What stands in each slot: a merge tag, or words of the brief.
        shown: The same as a reader may see it, for measuring.
        as_is: The text itself, where only its author could write it anew; None where we can.
    """

    order: Order
    surface: Surface
    roles: tuple[str, ...] = ()
    sources: Mapping[str, str] = None  # type: ignore[assignment]
    shown: Mapping[str, str] = None  # type: ignore[assignment]
    as_is: str | None = None

    def fits(self, text: str, topics_by_slot: Mapping[str, str]) -> bool:
        """Whether a slot text keeps to its room once everything stands in it."""
        return len(realise(text, {**self.shown, **topics_by_slot})) <= self.room

    @property
    def room(self) -> int:
        """What is left for the text beside what is carried over."""
        frame = self.order.frames[self.surface.field]
        carried = [*frame.kept, *frame.footer, *self.opt_out()]
        return self.surface.room - sum(len(text) + 1 for text in carried)

    def opt_out(self) -> list[str]:
        """How to stop: what the template says of it, else the usual words, which the law wants."""
        if self.order.channel != "sms":
            return []
        text = self.order.template["text"]
        found = [sentence.strip() for sentence in _STOP.findall(text)]
        is_said = _WAY_OUT.search(text) or self.order.kind == "service"
        return found if found or is_said else [_USUAL_WAY_OUT]

    def finish(self, text: str, topics_by_slot: Mapping[str, str]) -> str:
        """The field itself: slots filled, and what the template carries over put in."""
        frame = self.order.frames[self.surface.field]
        further = [
            FURTHER[role].replace(f"{{{role}}}", source)
            for role, sources in frame.tags.items()
            for source in sources[0 if role == "terms" else 1 :]
        ]
        values = {**self.sources, **topics_by_slot}
        if self.surface.shape != "letter":
            parts = [realise(text, values), *frame.kept, *further, *frame.footer, *self.opt_out()]
            joined = " ".join(part for part in parts if part)
            return joined.translate(_PLAIN_MARKS) if self.order.channel == "sms" else joined
        parts = [realise(part, values) for part in _around(text, frame.kept, further)]
        return "\n\n".join(_with_required([*parts, *frame.footer], self.order.required))


def _task(order: Order, surface: Surface) -> Task:
    frame, shape = order.frames[surface.field], surface.shape
    given = order.template[surface.field]
    if shape == "button":
        is_fixed = "{{" in given or "{%" in given
        return Task(order, surface, (), {}, {}, given if is_fixed else None)
    if shape != "letter" and not (given.strip() and _can_weave(frame, shape)):
        return Task(order, surface, (), {}, {}, given)
    sources = {role: tags[0] for role, tags in frame.tags.items() if role != "terms"}
    if shape in {"letter", "message"}:
        sources |= _words_of_the_brief(order, surface, sources)
    roles = tuple(role for role in ROLES if role in sources)
    shown = {role: _shown(order, role, sources[role]) for role in roles}
    return Task(order, surface, roles, sources, shown)


def _words_of_the_brief(order: Order, surface: Surface, tags: Mapping[str, str]) -> dict[str, str]:
    """What stands word for word where the template has no tag for it."""
    words: dict[str, str] = {}
    offer, is_letter = order.offer, surface.shape == "letter"
    if "brand" not in tags and order.brand and (is_letter or order.channel == "sms"):
        words["brand"] = order.brand
    if is_letter and order.angle in _CLAIMING and order.claims:
        words["claim"] = order.claims[0]
    text = str(offer.get("text", ""))
    if (
        text
        and "offer" not in order.roles()
        and len(text) <= _LONGEST_OFFER.get(order.channel, 500)
    ):
        words["offer"] = text
        if offer.get("code") and "code" not in order.roles():
            words["code"] = str(offer["code"])
    if order.frames[surface.field].link and "url" not in tags:
        words["url"] = order.frames[surface.field].link
    return words


def _shown(order: Order, role: str, source: str) -> str:
    if not source.startswith("{"):
        return source
    given = {"offer": "text", "code": "code", "url": "url"}
    text = order.brand if role == "brand" else str(order.offer.get(given.get(role, ""), ""))
    return text or "n" * _LONGEST.get(role, 20)


def _can_weave(frame: Frame, shape: str) -> bool:
    if shape == "message":
        return True
    once = all(len(tags) == 1 for tags in frame.tags.values())
    return set(frame.tags) <= _WOVEN[shape] and once and not (frame.kept or frame.footer)


def _around(text: str, kept: Sequence[str], further: Sequence[str]) -> list[str]:
    """The paragraphs: what is carried over before the offer, what is left before the end."""
    parts = text.split("\n\n")
    if kept:
        terms = [n for n, part in enumerate(parts) if re.search(r"\{(offer|code|url)\}", part)]
        parts.insert(terms[0] if terms else len(parts) - 1, " ".join(kept))
    if further:
        parts.insert(len(parts) - 1, " ".join(further))
    return parts


def _with_required(paragraphs: list[str], required: Iterable[str]) -> list[str]:
    present = folded("\n".join(paragraphs))
    missing = [term for term in required if folded(term) not in present]
    return [*paragraphs, *(term if term.rstrip()[-1:] in ".!?" else f"{term}." for term in missing)]


def folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def any_word(terms: Iterable[str]) -> re.Pattern[str] | None:
    words = [re.escape(folded(term.strip())) for term in terms if term.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") if words else None
