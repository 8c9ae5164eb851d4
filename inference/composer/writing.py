"""Puts copy together from the inventory, every choice from a seeded deck."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from inference.composer.angles import ANGLE_PHRASES
from inference.composer.frames import Frame, read_frame
from inference.composer.inventory import for_tone
from inference.composer.kinds import CALLS_TO_ACTION, INTEREST_BRIDGES, NEWS
from inference.composer.tones import (
    CODES,
    EXPIRIES,
    FAREWELLS,
    FURTHER,
    GREETINGS,
    LINKS,
    NAMELESS_GREETINGS,
    OFFERS,
    PRODUCTS,
    RUNNING_OFFERS,
)
from inference.composer.topics import topics, with_pairs

FIELDS = ("subject", "preheader", "body", "call_to_action")
SUBJECT_TARGET = 50
SUBJECT_TRIES = 6
NAME_ALLOWANCE = 11
MENTIONS_PER_BODY = 2
_CODE_IN_SUBJECT = "{line} (code {code})"


class Deck:
    """Phrases in a seeded order; a phrase taken goes to the bottom, so candidates differ first."""

    def __init__(self, phrases: Iterable[str], rng: Random) -> None:
        self._phrases = list(dict.fromkeys(phrases))
        self._rng = rng
        rng.shuffle(self._phrases)

    def take(self, suits: Callable[[str], bool] = lambda _: True) -> str:
        """One of the longer unused half of what suits.

        Strict turns would keep two decks in step, and the same phrases would meet again and again.
        Where nothing suits it is the first, for the guardrails to judge.
        """
        if not self._phrases:
            return ""
        suiting = [phrase for phrase in self._phrases if suits(phrase)] or self._phrases[:1]
        chosen = self._rng.choice(suiting[: (len(suiting) + 1) // 2])
        self._phrases.remove(chosen)
        self._phrases.append(chosen)
        return chosen


@dataclass(frozen=True)
class Order:
    """What `composer` needs of a request, read from its controls."""

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

    @classmethod
    def from_controls(cls, controls: Mapping[str, Any]) -> Order:
        template = {name: str(controls["template"].get(name, "")) for name in FIELDS}
        tone, kind = str(controls.get("tone", "")), str(controls.get("kind", ""))
        return cls(
            angle=str(controls.get("angle", "")),
            tone=tone if tone in GREETINGS else "plain",
            kind=kind if kind in NEWS else "promotion",
            brand=str(controls.get("brand_name", "")),
            topics=tuple(topics(controls.get("interests", ()))[:4]),
            claims=tuple(controls.get("approved_claims", ())),
            banned=_any_word(controls.get("banned_terms", ())),
            required=tuple(controls.get("required_terms", ())),
            offer=controls.get("offer") or {},
            frames={name: read_frame(text) for name, text in template.items()},
            template=template,
        )

    def allows(self, text: str) -> bool:
        return self.banned is None or not self.banned.search(_folded(text))


@dataclass
class Mentions:
    """Which interests a text may still name: one in every line would read like a machine."""

    topics: list[str]
    left: int
    made: int = field(default=0)

    def suits(self, phrase: str) -> bool:
        return "{x}" not in phrase or (self.left > self.made and bool(self.topics))

    def fill(self, phrase: str) -> str:
        if "{x}" not in phrase:
            return phrase
        topic = self.topics[self.made % len(self.topics)] if self.topics else "what you like"
        self.made += 1
        return _with_topic(phrase, topic)


class Writer:
    """Writes candidate after candidate for one order.

    Args:
        order: What to write for.
        rng: Every choice comes from it.
    """

    def __init__(self, order: Order, rng: Random) -> None:
        phrases, tone = ANGLE_PHRASES[order.angle], order.tone
        self._order, self._rng = order, rng
        self._subjects: set[str] = set()
        self._decks = {
            "subject": Deck(for_tone(phrases.subjects, tone), rng),
            "preheader": Deck(phrases.preheaders, rng),
            "opener": Deck(for_tone(phrases.openers, tone), rng),
            "turn": Deck(for_tone(phrases.turns, tone), rng),
            "news": Deck(for_tone(NEWS[order.kind], tone), rng),
            "bridge": Deck(INTEREST_BRIDGES, rng),
            "button": Deck(for_tone(CALLS_TO_ACTION[order.kind], tone), rng),
            "topic": Deck(with_pairs(order.topics), rng),
            "claim": Deck(order.claims, rng),
            "farewell": Deck(for_tone(FAREWELLS, tone), rng),
            "greeting": Deck(for_tone(GREETINGS, tone), rng),
            "nameless": Deck(for_tone(NAMELESS_GREETINGS, tone), rng),
            "offer": Deck(self._offer_phrases(), rng),
            "code": Deck(for_tone(CODES, tone), rng),
            "expires": Deck(for_tone(EXPIRIES, tone), rng),
            "product": Deck(for_tone(PRODUCTS, tone), rng),
            "url": Deck(for_tone(LINKS, tone), rng),
        }

    def write(self) -> dict[str, str]:
        """One candidate: the four fields, each with the merge tags its template has."""
        return {
            "subject": self._fresh_subject(),
            "preheader": self._preheader(),
            "body": self._body(),
            "call_to_action": self._button(),
        }

    def _fresh_subject(self) -> str:
        subject = self._subject()
        for _ in range(SUBJECT_TRIES):
            if subject not in self._subjects:
                break
            subject = self._subject()
        self._subjects.add(subject)
        return subject

    def _subject(self) -> str:
        frame = self._order.frames["subject"]
        if not _can_weave(frame, {"name", "offer", "code", "brand"}):
            return self._order.template["subject"]
        allowance = self._room_for_tags(frame)
        ends_open = any(role in frame.tags for role in ("offer", "code"))
        topic = self._decks["topic"].take()

        def suits(phrase: str) -> bool:
            line = _with_topic(phrase, topic)
            fits = len(line) <= SUBJECT_TARGET - allowance and self._order.allows(line)
            return fits and ("{x}" not in phrase or bool(topic)) and not (ends_open and _ends(line))

        line = _with_topic(self._decks["subject"].take(suits), topic or "what you like")
        return self._weave_subject(line, frame)

    def _room_for_tags(self, frame: Frame) -> int:
        texts = {"name": "n" * NAME_ALLOWANCE, "brand": self._order.brand, **self._order.offer}
        texts["offer"] = self._order.offer.get("text", "")
        return sum(len(texts.get(role, "")) + 2 for role in frame.tags)

    def _weave_subject(self, line: str, frame: Frame) -> str:
        tags = {role: sources[0] for role, sources in frame.tags.items()}
        if "offer" in tags:
            line = line.replace(": ", ", ")
        if "name" in tags:
            line = f"{tags['name']}, {_lower_first(line, self._proper_words())}"
        if "brand" in tags:
            line = f"{tags['brand']}: {line}"
        if "offer" in tags:
            line = f"{line}: {tags['offer']}"
        return _CODE_IN_SUBJECT.format(line=line, code=tags["code"]) if "code" in tags else line

    def _preheader(self) -> str:
        frame = self._order.frames["preheader"]
        template = self._order.template["preheader"]
        if not template.strip():
            return ""
        if not _can_weave(frame, {"name", "offer", "code", "expires", "product"}):
            return template
        mentions = Mentions([self._decks["topic"].take()] if self._order.topics else [], 1)
        line = mentions.fill(self._take("preheader", mentions))
        if "name" in frame.tags:
            line = f"{frame.tags['name'][0]}, {_lower_first(line, self._proper_words())}"
        extras = [self._tagged(role, frame) for role in frame.tags if role != "name"]
        return " ".join([line, *extras])

    def _button(self) -> str:
        template = self._order.template["call_to_action"]
        if "{{" in template or "{%" in template:
            return template
        return self._decks["button"].take(self._order.allows)

    def _body(self) -> str:
        frame = self._order.frames["body"]
        used = {role: sources[0] for role, sources in frame.tags.items()}
        paragraphs = [
            self._greeting(used),
            self._argument(),
            " ".join(frame.kept),
            self._terms_of_the_offer(frame),
            self._link(frame),
            " ".join(self._further(frame)),
            self._farewell(used),
            *frame.footer,
        ]
        return "\n\n".join(part for part in self._with_required(paragraphs) if part)

    def _greeting(self, used: Mapping[str, str]) -> str:
        if "name" in used:
            return self._decks["greeting"].take().replace("{name}", used["name"])
        return self._decks["nameless"].take()

    def _argument(self) -> str:
        singles = list(self._order.topics)
        self._rng.shuffle(singles)
        mentions = Mentions(singles, min(MENTIONS_PER_BODY, max(1, len(singles))))
        opener = mentions.fill(self._take("opener", mentions))
        news = mentions.fill(self._take("news", mentions, wants_topic=not mentions.made))
        if singles and not mentions.made:
            news = f"{mentions.fill(self._take('bridge', mentions))} {news}"
        claim = self._claim()
        turn = mentions.fill(self._take("turn", mentions))
        return "\n\n".join([opener, " ".join(part for part in (news, claim, turn) if part)])

    def _take(self, deck: str, mentions: Mentions, *, wants_topic: bool = False) -> str:
        def suits(phrase: str) -> bool:
            return mentions.suits(phrase) and self._order.allows(phrase)

        if wants_topic and mentions.topics:
            return self._decks[deck].take(lambda phrase: "{x}" in phrase and suits(phrase))
        return self._decks[deck].take(suits)

    def _claim(self) -> str:
        if self._order.angle not in {"social_proof", "benefit_first"}:
            return ""
        claim = self._decks["claim"].take(self._order.allows).strip()
        return claim if not claim or claim[-1] in ".!?" else f"{claim}."

    def _terms_of_the_offer(self, frame: Frame) -> str:
        lines = [self._tagged(role, frame) for role in ("product", "offer", "code", "expires")]
        offer = self._order.offer
        if "offer" not in self._all_roles() and offer.get("text"):
            lines.append(self._offer_sentence(offer["text"]))
            if "code" not in self._all_roles() and offer.get("code"):
                lines.append(self._decks["code"].take().replace("{code}", offer["code"]))
        lines += frame.tags.get("terms", [])[:1]
        return " ".join(line for line in lines if line)

    def _tagged(self, role: str, frame: Frame) -> str:
        if role not in frame.tags:
            return ""
        if role == "offer":
            return self._offer_sentence(frame.tags["offer"][0])
        return (
            self._decks[role].take(self._order.allows).replace(f"{{{role}}}", frame.tags[role][0])
        )

    def _offer_sentence(self, source: str) -> str:
        sentence = self._decks["offer"].take(self._order.allows).replace("{offer}", source)
        return sentence.removesuffix(".") if _ends(self._order.offer.get("text", "")) else sentence

    def _offer_phrases(self) -> Sequence[str]:
        text, tone = str(self._order.offer.get("text", "")), self._order.tone
        colon = for_tone(OFFERS, tone)
        return (*for_tone(RUNNING_OFFERS, tone), *colon) if text[:1].islower() else colon

    def _all_roles(self) -> set[str]:
        return {role for frame in self._order.frames.values() for role in frame.tags}

    def _link(self, frame: Frame) -> str:
        address = frame.tags["url"][0] if "url" in frame.tags else frame.link
        if not address:
            return ""
        return self._decks["url"].take(self._order.allows).replace("{url}", address)

    def _further(self, frame: Frame) -> list[str]:
        return [
            FURTHER[role].replace(f"{{{role}}}", source)
            for role, sources in frame.tags.items()
            for source in sources[1:]
        ]

    def _farewell(self, used: Mapping[str, str]) -> str:
        name = used.get("brand") or self._order.brand
        farewell = self._decks["farewell"].take(self._order.allows)
        return f"{farewell}\n{name}" if name else farewell.rstrip(",")

    def _with_required(self, paragraphs: list[str]) -> list[str]:
        present = _folded("\n".join(paragraphs))
        missing = [term for term in self._order.required if _folded(term) not in present]
        return [*paragraphs, *(term if _ends(term) else f"{term}." for term in missing)]

    def _proper_words(self) -> set[str]:
        return {"I", "I'm", *self._order.brand.split()[:1]} | {
            word for topic in self._order.topics for word in topic.split() if word.isupper()
        }


def _can_weave(frame: Frame, roles: set[str]) -> bool:
    fits = set(frame.tags) <= roles and all(len(tags) == 1 for tags in frame.tags.values())
    return fits and not (frame.kept or frame.footer)


def _with_topic(phrase: str, topic: str) -> str:
    line = phrase.replace("{x}", topic)
    return line[:1].upper() + line[1:] if phrase.startswith("{x}") else line


def _lower_first(line: str, proper: set[str]) -> str:
    first = re.split(r"[\s,.:;!?]", line, maxsplit=1)[0]
    return line if first in proper else line[:1].lower() + line[1:]


def _ends(line: str) -> bool:
    return line.rstrip()[-1:] in {".", "!", "?"}


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _any_word(terms: Iterable[str]) -> re.Pattern[str] | None:
    words = [re.escape(_folded(term.strip())) for term in terms if term.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") if words else None
