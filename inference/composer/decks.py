"""Decks: the phrases that suit an order, each kind shuffled by the order's own chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random

from inference.composer import short, tones
from inference.composer.angles import ANGLE_PHRASES
from inference.composer.inventory import for_tone
from inference.composer.kinds import CALLS_TO_ACTION, INTEREST_BRIDGES, NEWS
from inference.composer.lines import SHORT_PHRASES
from inference.composer.orders import Order
from inference.composer.topics import with_pairs

_PREHEADER = range(38, 96)


class Deck:
    """Phrases in a seeded order; a phrase taken goes to the bottom, so candidates differ first."""

    def __init__(self, phrases: Iterable[str], rng: Random) -> None:
        self.phrases = list(dict.fromkeys(phrases))
        self._rng = rng
        rng.shuffle(self.phrases)

    def has(self, suits: Callable[[str], bool]) -> bool:
        return any(suits(phrase) for phrase in self.phrases)

    def take(self, suits: Callable[[str], bool] = lambda _: True) -> str:
        """One of the longer unused half of what suits.

        Strict turns would keep two decks in step, and the same phrases would meet again and again.
        Where nothing suits it is the first, for the guardrails to judge.
        """
        if not self.phrases:
            return ""
        suiting = [phrase for phrase in self.phrases if suits(phrase)] or self.phrases[:1]
        chosen = self._rng.choice(suiting[: (len(suiting) + 1) // 2])
        self.put_last(chosen)
        return chosen

    def put_last(self, phrase: str) -> None:
        """Leave a phrase for later, where the deck has it: it was just said."""
        if phrase in self.phrases:
            self.phrases.remove(phrase)
            self.phrases.append(phrase)


def decks_for(order: Order, rng: Random) -> dict[str, Deck]:
    """Every deck a writer draws from, by name."""
    phrases, brief, tone = ANGLE_PHRASES[order.angle], SHORT_PHRASES[order.angle], order.tone
    lines = for_tone(brief.lines, tone)
    calls = order.voice.calls or (
        *for_tone(CALLS_TO_ACTION[order.kind], tone),
        *for_tone(short.MORE_CALLS[order.kind], tone),
    )
    chosen: dict[str, Sequence[str]] = {
        "title": (*for_tone(phrases.subjects, tone), *for_tone(brief.heads, tone)),
        "preheader": (*phrases.preheaders, *(line for line in lines if len(line) in _PREHEADER)),
        "opener": (*for_tone(phrases.openers, tone), *lines),
        "line": lines,
        "line_short": [as_sentence(head) for head in for_tone(brief.heads, tone)],
        "turn": for_tone(phrases.turns, tone),
        "news": for_tone(NEWS[order.kind], tone),
        "news_short": for_tone(short.SHORT_NEWS[order.kind], tone),
        "bridge": INTEREST_BRIDGES,
        "button": calls,
        "topic": with_pairs(order.topics),
        **_words_of_the_tone(order),
    }
    return {name: Deck(texts, rng) for name, texts in chosen.items()}


def _words_of_the_tone(order: Order) -> dict[str, Sequence[str]]:
    tone = order.tone
    return {
        "farewell": for_tone(tones.FAREWELLS, tone),
        "greeting": for_tone(tones.GREETINGS, tone),
        "nameless": for_tone(tones.NAMELESS_GREETINGS, tone),
        "greeting_short": for_tone(short.SHORT_GREETINGS, tone),
        "offer": _offers(order),
        "offer_short": for_tone(short.SHORT_OFFERS, tone),
        "code": for_tone(tones.CODES, tone),
        "code_short": short.SHORT_CODES,
        "expires": for_tone(tones.EXPIRIES, tone),
        "expires_short": short.SHORT_EXPIRIES,
        "product": for_tone(tones.PRODUCTS, tone),
        "product_short": short.SHORT_PRODUCTS,
        "url": for_tone(tones.LINKS, tone),
        "url_short": short.SHORT_LINKS,
    }


def _offers(order: Order) -> Sequence[str]:
    text = str(order.offer.get("text", ""))
    colon = for_tone(tones.OFFERS, order.tone)
    return (*for_tone(tones.RUNNING_OFFERS, order.tone), *colon) if text[:1].islower() else colon


def as_sentence(head: str) -> str:
    """A title that stands in a text message as a sentence.

    >>> as_sentence("Today: {x}"), as_sentence("{x} today?")
    ('Today: {x}.', '{x} today?')
    """
    return head if head[-1] in ".!?" else f"{head}."
