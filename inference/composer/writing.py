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

FRESH_TRIES = 8
MESSAGE_TRIES = 6
MENTIONS_PER_LETTER = 2
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

    def suits(self, phrase: str) -> bool:
        return "{x}" not in phrase or self.left > len(self.made)

    def next(self) -> str:
        return self.topics[len(self.made) % len(self.topics)]

    def fill(self, phrase: str) -> str:
        if "{x}" not in phrase:
            return phrase
        if not self.topics:
            return _first_up(agree(phrase, "denim").replace("{x}", "what you like"))
        topic = self.next()
        slot = topic_slot(topic, len(self.made) + 1)
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
        mentions = self._some_topics(1)
        lead = "{name}, " if "name" in task.roles else ""
        extras = self._role_sentences(task, short=True)

        def join(line: str) -> str:
            return " ".join([lead + (lower_first(line) if lead else line), *extras])

        line = self._line_that_fits(task, "preheader", mentions, join)
        return SlotText(join(line), mentions.made)

    def _line_that_fits(
        self, task: Task, deck: str, mentions: Mentions, join: Callable[[str], str]
    ) -> str:
        """A line with its topic if one fits, else the shortest there is."""

        def suits(phrase: str, *, needs_topic: bool) -> bool:
            if (needs_topic and "{x}" not in phrase) or not mentions.suits(phrase):
                return False
            trial = Mentions(mentions.topics, 1)
            line = join(trial.fill(phrase))
            return self._order.allows(phrase) and task.fits(line, trial.made)

        needs = bool(mentions.topics) and task.surface.shape == "message"
        for fits in (partial(suits, needs_topic=needs), partial(suits, needs_topic=False)):
            if self._decks[deck].has(fits):
                return mentions.fill(self._decks[deck].take(fits))
        return self._shortest("news_short")

    def _message(self, task: Task) -> SlotText:
        """The first that had room for a topic; the words around it differ in length."""
        for _ in range(MESSAGE_TRIES):
            written = self._one_message(task)
            if written.topics or not self._order.topics:
                break
        return written

    def _one_message(self, task: Task) -> SlotText:
        mentions = self._some_topics(1)
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
        wanted = self._rng.random() < 0.6 and news != line
        longer = join(both) if wanted else ""
        fits = wanted and task.fits(longer, mentions.made)
        return SlotText(longer if fits else join(line), mentions.made)

    def _button(self, task: Task) -> SlotText:
        room = task.surface.room
        return SlotText(
            self._decks["button"].take(lambda text: len(text) <= room and self._order.allows(text)),
            {},
        )

    def _some_topics(self, count: int) -> Mentions:
        if count == 1:
            topic = self._decks["topic"].take()
            return Mentions([topic] if topic else [], 1)
        singles = list(self._order.topics)
        self._rng.shuffle(singles)
        return Mentions(singles, min(count, len(singles)))

    def _letter(self, task: Task) -> SlotText:
        mentions = self._some_topics(MENTIONS_PER_LETTER)
        parts = [
            self._greeting(task),
            *self._argument(task, mentions),
            " ".join(self._role_sentences(task, short=False)),
            self._take("url", mentions) if "url" in task.roles else "",
            self._farewell(task),
        ]
        text = "\n\n".join(part for part in parts if part)
        return SlotText(self._order.voice.speak(text, self._rng), mentions.made)

    def _greeting(self, task: Task) -> str:
        return self._decks["greeting" if "name" in task.roles else "nameless"].take()

    def _argument(self, task: Task, mentions: Mentions) -> tuple[str, str]:
        opener = mentions.fill(self._take("opener", mentions))
        news = mentions.fill(self._take("news", mentions, wants_topic=not mentions.made))
        if mentions.topics and not mentions.made:
            news = f"{mentions.fill(self._take('bridge', mentions))} {news}"
        claim = "{claim}." if "claim" in task.roles else ""
        turn = mentions.fill(self._take("turn", mentions))
        return opener, " ".join(part for part in (news, claim, turn) if part)

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

    def _farewell(self, task: Task) -> str:
        farewell = self._decks["farewell"].take(self._order.allows)
        return f"{farewell}\n{{brand}}" if "brand" in task.roles else farewell.rstrip(",")


def lower_first(line: str) -> str:
    """Begin a line in lower case, since something stands before it; a slot or `I` stays."""
    first = re.split(r"[\s,.:;!?]", line, maxsplit=1)[0]
    return line if first in _KEEPS_CAPITAL else line[:1].lower() + line[1:]


def _first_up(line: str) -> str:
    return line[:1].upper() + line[1:]


def _around_title(line: str, task: Task) -> str:
    if "offer" in task.roles:
        line = line.replace(": ", ", ")
    if "name" in task.roles:
        line = f"{{name}}, {lower_first(line)}"
    if "brand" in task.roles:
        line = f"{{brand}}: {line}"
    if "offer" in task.roles:
        line = f"{line}: {{offer}}"
    return f"{line} (code {{code}})" if "code" in task.roles else line
