"""Puts copy together from the inventory, every choice from a seeded deck."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from inference.composer.decks import decks_for
from inference.composer.orders import Order, Task
from inference.composer.slots import agree, topic_slot
from inference.composer.surfaces import LETTER_PARTS

FRESH_TRIES = 8
MESSAGE_TRIES = 6
# How often the opening of a letter names a topic of its own.
_OPENING_NAMES = 0.7
# Which topic a part of a letter names: the first, or the second.
PLACES: Mapping[str, int] = {"opening": 1, "argument": 2}
_TWO_COLONS = re.compile(r"\{brand\}: [^,.!?]*: ")
_BESIDE_AND = re.compile(r"\band \{\w+\}|\{\w+\} and\b")
_KEEPS_CAPITAL = frozenset({"I", "I'm", "I've"})


@dataclass(frozen=True)
class SlotText:
    """A text with its places still open, and the topics that stand in them."""

    text: str
    topics: Mapping[str, str]

    @property
    def key(self) -> str:
        """Tells it from every other text of its field."""
        return f"{self.text}{sorted(self.topics.values())}"


@dataclass
class Mentions:
    """Which topics a text may still name: one in every line would read like a machine."""

    topics: Sequence[str]
    left: int
    made: dict[str, str] = field(default_factory=dict)
    first: int = 1

    def suits(self, phrase: str) -> bool:
        if "{x}" not in phrase:
            return True
        if not self.topics:
            return self.left > 0
        return self.left > len(self.made) and reads_well(phrase, self.next())

    def next(self) -> str:
        return self.topics[len(self.made) % len(self.topics)]

    def fill(self, phrase: str) -> str:
        if "{x}" not in phrase:
            return phrase
        if not self.topics:
            return _first_up(agree(phrase, "denim").replace("{x}", "what you like"))
        topic = self.next()
        slot = topic_slot(topic, self.first + len(self.made))
        self.made[slot] = topic
        return agree(phrase, topic).replace("{x}", f"{{{slot}}}")


class Writer:
    """Writes candidate after candidate for one order.

    Args:
        order: What to write for.
        rng: Every choice comes from it.
    """

    def __init__(self, order: Order, rng: Random) -> None:
        self._order, self._rng = order, rng
        self._decks = decks_for(order, rng)
        self._seen: dict[str, set[str]] = {}
        self._shapes: Mapping[str, Callable[[Task], SlotText]] = {
            "title": self._title,
            "preheader": self._preheader,
            "letter": self._letter,
            "message": self._message,
            "button": self._button,
        }
        self._parts: Mapping[str, Callable[[Task, Mentions], str]] = {
            "opening": self._opening,
            "argument": self._argument,
            "terms": self._terms,
            "closing": self._closing,
        }

    def write(self) -> dict[str, str]:
        """One candidate: every field of the channel, each with the merge tags its template has."""
        return {task.surface.field: self.write_field(task) for task in self._order.tasks()}

    def write_field(self, task: Task) -> str:
        if task.as_is is not None:
            return task.as_is
        written = self.write_slots(task)
        return task.finish(written.text, written.topics)

    def write_slots(self, task: Task) -> SlotText:
        """One field with its slots open, unlike those written before where that can be."""
        seen = self._seen.setdefault(task.surface.field, set())
        for _ in range(FRESH_TRIES):
            written = self._shapes[task.surface.shape](task)
            if written.key not in seen:
                break
        else:
            if task.surface.shape == "title":
                written = self._unsaid_title(task, seen) or written
        seen.add(written.key)
        return written

    def _unsaid_title(self, task: Task, seen: set[str]) -> SlotText | None:
        """Chance meets the same title too often once most are said: the rest is gone through."""
        ends_open = not {"offer", "code"}.isdisjoint(task.roles)
        for topic in self._decks["topic"].phrases:
            suits = self._fitting(task, Mentions([topic], 1), ends_open=ends_open)
            for phrase in filter(suits, self._decks["title"].phrases) if suits else ():
                mentions = Mentions([topic], 1)
                title = SlotText(_around_title(mentions.fill(phrase), task), mentions.made)
                if title.key not in seen:
                    return title
        return None

    def _title(self, task: Task) -> SlotText:
        ends_open = not {"offer", "code"}.isdisjoint(task.roles)
        topic = self._decks["topic"].take()
        for candidate in (topic, *sorted(self._order.topics, key=len)[:1], ""):
            mentions = Mentions([candidate] if candidate else [], 1)
            fitting = self._fitting(task, mentions, ends_open=ends_open)
            if fitting:
                line = mentions.fill(self._decks["title"].take(fitting))
                return SlotText(_around_title(line, task), mentions.made)
        return SlotText(_around_title(self._shortest("title"), task), {})

    def _fitting(
        self, task: Task, mentions: Mentions, *, ends_open: bool
    ) -> Callable[[str], bool] | None:
        has_topic = bool(mentions.topics)

        def suits(phrase: str) -> bool:
            if ("{x}" in phrase) != has_topic or (ends_open and phrase[-1] in ".!?"):
                return False
            if not mentions.suits(phrase):
                return False
            trial = Mentions(mentions.topics, 1)
            line = _around_title(trial.fill(phrase), task)
            return self._order.allows(phrase) and task.fits(line, trial.made)

        return suits if self._decks["title"].has(suits) else None

    def _shortest(self, deck: str) -> str:
        """What is left where nothing fits: for the guardrails to judge."""
        plain = [phrase for phrase in self._decks[deck].phrases if "{x}" not in phrase]
        return min(
            plain or ["Have a look"],
            key=lambda phrase: (not self._order.allows(phrase), len(phrase)),
        )

    def _preheader(self, task: Task) -> SlotText:
        mentions = self._some_topics()
        lead = "{name}, " if "name" in task.roles else ""
        extras = self._role_sentences(task, short=True)

        def join(line: str) -> str:
            return " ".join([lead + (lower_first(line) if lead else line), *extras])

        line = self._line_that_fits(task, "preheader", mentions, join)
        return SlotText(join(line), mentions.made)

    def _line_that_fits(
        self, task: Task, deck: str, mentions: Mentions, join: Callable[[str], str]
    ) -> str:
        """A line with its topic if one fits, else a title as a line, else the shortest there is."""

        def suits(phrase: str, *, needs_topic: bool) -> bool:
            if (needs_topic and "{x}" not in phrase) or not mentions.suits(phrase):
                return False
            trial = Mentions(mentions.topics, 1)
            line = join(trial.fill(phrase))
            reads = self._order.allows(phrase) and not _TWO_COLONS.match(line)
            return reads and task.fits(line, trial.made)

        is_message = task.surface.shape == "message"
        needs = bool(mentions.topics) and is_message
        ways = [(deck, needs), *([("line_short", True)] if needs else []), (deck, False)]
        for name, needs_topic in ways:
            fits = partial(suits, needs_topic=needs_topic)
            if self._decks[name].has(fits):
                phrase = self._decks[name].take(fits)
                self._decks["opener"].put_last(phrase)
                return mentions.fill(phrase)
        return self._shortest("news_short")

    def _message(self, task: Task) -> SlotText:
        """The first that had room for a topic; the words around it differ in length."""
        for _ in range(MESSAGE_TRIES):
            written = self._one_message(task)
            if written.topics or not self._order.topics:
                break
        return written

    def _one_message(self, task: Task) -> SlotText:
        mentions = self._some_topics()
        lead = "{brand}: " if "brand" in task.roles else ""
        if "name" in task.roles:
            lead += self._decks["greeting_short"].take()
        extras = self._role_sentences(task, short=True)
        link = [self._decks["url_short"].take()] if "url" in task.roles else []

        def join(line: str) -> str:
            opening = lower_first(line) if lead.endswith(", ") else line
            return " ".join([lead + opening, *extras, *link])

        line = self._line_that_fits(task, "line", mentions, join)
        news = self._decks["news_short"].take(self._order.allows)
        both = f"{line} {news}"
        is_news = line in self._decks["news_short"].phrases
        wanted = self._rng.random() < 0.6 and not is_news
        longer = join(both) if wanted else ""
        fits = wanted and task.fits(longer, mentions.made)
        return SlotText(longer if fits else join(line), mentions.made)

    def _button(self, task: Task) -> SlotText:
        room = task.surface.room
        return SlotText(
            self._decks["button"].take(lambda text: len(text) <= room and self._order.allows(text)),
            {},
        )

    def _some_topics(self) -> Mentions:
        topic = self._decks["topic"].take()
        return Mentions([topic] if topic else [], 1)

    def _letter(self, task: Task) -> SlotText:
        named = share_topics(self._order.topics, self._rng)
        parts = [self.write_part(task, part, named.get(part, "")) for part in parts_of(task)]
        text = "\n\n".join(part.text for part in parts)
        topics = {slot: topic for part in parts for slot, topic in part.topics.items()}
        return SlotText(self._order.voice.speak(text, self._rng), topics)

    def write_part(self, task: Task, part: str, topic: str) -> SlotText:
        """One part of a letter, naming the topic given; without one, none."""
        mentions = Mentions([topic] if topic else [], 1 if topic else 0, first=PLACES.get(part, 1))
        return SlotText(self._parts[part](task, mentions), mentions.made)

    def _opening(self, task: Task, mentions: Mentions) -> str:
        greeting = self._decks["greeting" if "name" in task.roles else "nameless"].take()
        opener = mentions.fill(self._take("opener", mentions, wants_topic=True))
        return f"{greeting}\n\n{opener}"

    def _argument(self, task: Task, mentions: Mentions) -> str:
        news = mentions.fill(self._take("news", mentions, wants_topic=True))
        if mentions.topics and not mentions.made:
            news = f"{mentions.fill(self._take('bridge', mentions))} {news}"
        claim = "{claim}." if "claim" in task.roles else ""
        turn = mentions.fill(self._take("turn", mentions))
        return " ".join(part for part in (news, claim, turn) if part)

    def _terms(self, task: Task, _: Mentions) -> str:
        return " ".join(self._role_sentences(task, short=False))

    def _closing(self, task: Task, mentions: Mentions) -> str:
        farewell = self._decks["farewell"].take(self._order.allows)
        end = f"{farewell}\n{{brand}}" if "brand" in task.roles else farewell.rstrip(",")
        return f"{self._take('url', mentions)}\n\n{end}" if "url" in task.roles else end

    def _take(self, deck: str, mentions: Mentions, *, wants_topic: bool = False) -> str:
        def suits(phrase: str) -> bool:
            return mentions.suits(phrase) and self._order.allows(phrase)

        if wants_topic and mentions.topics:
            return self._decks[deck].take(lambda phrase: "{x}" in phrase and suits(phrase))
        return self._decks[deck].take(suits)

    def _role_sentences(self, task: Task, *, short: bool) -> list[str]:
        ending = "_short" if short else ""
        return [
            self._decks[f"{role}{ending}"].take(self._order.allows)
            for role in ("product", "offer", "code", "expires")
            if role in task.roles
        ]


def reads_well(phrase: str, topic: str) -> bool:
    """Whether a topic may stand in a phrase: a pair beside another `and` would sound like a list.

    >>> reads_well("You, us and {x}", "jeans and boots"), reads_well("You and {x}", "jeans")
    (False, True)
    """
    return " and " not in topic or not _BESIDE_AND.search(phrase)


def parts_of(task: Task) -> tuple[str, ...]:
    """The parts a letter has: terms only where there are any."""
    return tuple(
        part
        for part, roles in LETTER_PARTS.items()
        if part != "terms" or not set(roles).isdisjoint(task.roles)
    )


def share_topics(topics: Sequence[str], rng: Random) -> dict[str, str]:
    """Which part of a letter names which topic: two at most, and never one twice."""
    chosen = rng.sample(list(topics), min(len(topics), len(PLACES)))
    if len(chosen) == 1:
        return {"opening" if rng.random() < _OPENING_NAMES / 2 else "argument": chosen[0]}
    if chosen and rng.random() < _OPENING_NAMES:
        return dict(zip(PLACES, chosen, strict=True))
    return {"argument": chosen[0]} if chosen else {}


def lower_first(line: str) -> str:
    """Begin a line in lower case, since something stands before it; a slot or `I` stays."""
    first = re.split(r"[\s,.:;!?]", line, maxsplit=1)[0]
    return line if first in _KEEPS_CAPITAL else line[:1].lower() + line[1:]


def _first_up(line: str) -> str:
    return line[:1].upper() + line[1:]


def _around_title(line: str, task: Task) -> str:
    if not {"offer", "brand"}.isdisjoint(task.roles):
        line = line.replace(": ", ", ")
    if "name" in task.roles:
        line = f"{{name}}, {lower_first(line)}"
    if "brand" in task.roles:
        line = f"{{brand}}: {line}"
    if "offer" in task.roles:
        line = f"{line}: {{offer}}"
    return f"{line} (code {{code}})" if "code" in task.roles else line
