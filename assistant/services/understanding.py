"""What a visitor's question means, before an answer is looked for. Encoded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answering.followups import leans, points_back, rewritten
from assistant.models import Intent, KnowledgeBase
from assistant.selectors import Passage
from assistant.services.answers import INTENT, NOTHING_BEFORE, PRODUCT, Answer, Before, Choice
from assistant.services.intents import head_in_force
from assistant.services.products import matches_in, variant_named
from assistant.services.voices import voice_for
from assistant.understanding.aspects import Aspect, aspects_of, language_told
from assistant.understanding.choices import CHOICES_MAX, picked
from assistant.understanding.examples import FROM_DOCUMENTS
from assistant.understanding.introductions import without_introduction
from assistant.understanding.naming import Match, meant
from assistant.understanding.orders import order_numbers
from assistant.understanding.speaking import Voice
from inference.encoders import TextEncoder
from inference.heads.intents import IntentHead
from inference.languages import detect_language

# “Could you tell me whether it is still to be had in M” points at a product from afar.
WORDS_TO_A_PRODUCT = 16
# From here on an intent is acted on; two that share as much between them are asked about.
SURE = 0.7
SHARED = 0.8
SECOND = 0.25


@dataclass(frozen=True, slots=True)
class Question:
    """A question, as far as it is understood.

    Attributes:
        said: What the visitor wrote now.
        text: What is asked: that, or the question before where they now chose what it meant.
        wanted: The same with what it leans on: what is looked for.
        vector: Of `wanted`.
        own: Of `text`: what before came says where to look, this which sentence answers.
        language: Two letters; empty: not known.
        speaks: How we say what is in our own words.
        orders: Order numbers.
        aspects: What of a product is asked.
        products: What product is meant; several where that is open.
        intents: The intent that is meant; two where that is open; none: documents answer.
        chosen: What the visitor picked.
    """

    base: KnowledgeBase
    said: str
    text: str
    wanted: str
    vector: NDArray[np.float32]
    own: NDArray[np.float32]
    before: Before
    now: datetime
    language: str
    speaks: Voice
    orders: tuple[str, ...]
    aspects: frozenset[Aspect]
    products: tuple[Match, ...]
    intents: tuple[Intent, ...]
    chosen: Choice | None
    unit_id: str = ""
    for_staff: bool = False

    @property
    def may_ask_back(self) -> bool:
        """One question back, never two in a row."""
        return not self.before.choices

    @property
    def product_keys(self) -> tuple[int, ...]:
        """The product that is meant, where that is one."""
        return self.products[0].products if len(self.products) == 1 else ()


def question_understand(
    base: KnowledgeBase,
    said: str,
    *,
    now: datetime,
    encoder: TextEncoder,
    before: Before = NOTHING_BEFORE,
    unit_id: str = "",
    for_staff: bool = False,
    page_language: str = "",
) -> Question:
    """Language, entities, intent and what a question leans on."""
    chosen = _chosen(said, before)
    text = before.looked_for if chosen else without_introduction(said)
    wanted = f"{text} {chosen.label}" if chosen else rewritten(text, before.looked_for)
    vectors = encoder.encode(list(dict.fromkeys([wanted, text])))
    aspects = aspects_of(text)
    if not aspects and not chosen and leans(said):
        aspects = aspects_of(before.looked_for)
    language = "" if chosen else detect_language(said) or language_told(said)
    return Question(
        base=base,
        said=said,
        text=text,
        wanted=wanted,
        vector=vectors[0],
        own=vectors[-1],
        before=before,
        now=now,
        language=language,
        speaks=voice_for(base, language, before.language, page_language),
        orders=tuple(order_numbers(said, base.order_pattern)),
        aspects=aspects,
        products=tuple(_products(base, text, before, chosen)),
        intents=tuple(_intents(base, text, vectors[-1], chosen, encoder)),
        chosen=chosen,
        unit_id=unit_id,
        for_staff=for_staff,
    )


def _chosen(said: str, before: Before) -> Choice | None:
    place = picked(said, [choice.label for choice in before.choices])
    return None if place is None else before.choices[place]


def _products(
    base: KnowledgeBase, text: str, before: Before, chosen: Choice | None
) -> Sequence[Match]:
    if not base.answers_from_catalog:
        return ()
    if chosen is not None and chosen.kind == PRODUCT:
        return (_of_choice(base, chosen),)
    is_leaning = bool(before.products) and chosen is None
    if is_leaning and leans(text):
        variant = variant_named(before.products, text)
        if variant is not None:
            return (variant,)
    named = meant(matches_in(base, text))
    if named or not is_leaning:
        return named
    if leans(text) or points_back(text, words=WORDS_TO_A_PRODUCT):
        return (Match(before.products, "", 1.0),)
    return ()


def _of_choice(base: KnowledgeBase, chosen: Choice) -> Match:
    """The product that was picked, with its variants."""
    named = matches_in(base, chosen.label)
    alone = Match((chosen.value,), chosen.label, 1.0)
    return next((one for one in named if chosen.value in one.products), alone)


def _intents(
    base: KnowledgeBase,
    text: str,
    vector: NDArray[np.float32],
    chosen: Choice | None,
    encoder: TextEncoder,
) -> list[Intent]:
    if chosen is not None:
        return list(base.intents.filter(pk=chosen.value)) if chosen.kind == INTENT else []
    head = head_in_force(base, encoder)
    labels = likely_labels(head, text, vector) if head else []
    if not labels or FROM_DOCUMENTS in labels:
        return []
    found = base.intents.filter(is_active=True).in_bulk([int(label) for label in labels])
    return [found[key] for key in map(int, labels) if key in found]


def likely_labels(head: IntentHead, text: str, vector: NDArray[np.float32]) -> list[str]:
    """The label that is meant; two where it is one of both; none where it is out of scope."""
    chances, scopes = head.chances([text], vector[None, :])
    if scopes[0] < head.threshold():
        return []
    second, first = np.argsort(chances[0])[-2:]
    if chances[0][first] >= SURE:
        return [head.labels[first]]
    both = chances[0][first] + chances[0][second]
    if both >= SHARED and chances[0][second] >= SECOND:
        return [head.labels[first], head.labels[second]]
    return []


def bare(asked: Question, found: Sequence[Passage]) -> Answer:
    """An answer with nothing said yet, and all that was understood."""
    entities: dict[str, Any] = {
        "orders": list(asked.orders),
        "products": list(asked.product_keys),
        "candidates": [
            {"products": list(one.products), "confidence": round(one.confidence, 3)}
            for one in asked.products[:CHOICES_MAX]
        ],
        # What “it” may still mean after a question about something else.
        "earlier": list(asked.before.products),
    }
    return Answer(
        sentences=(),
        passages=tuple(found),
        similarity=max((one.similarity for one in found), default=None),
        looked_for=asked.wanted,
        vector=asked.vector,
        language=asked.language,
        speaks=asked.speaks,
        intent=asked.intents[0].name if len(asked.intents) == 1 else "",
        entities={name: value for name, value in entities.items() if value},
    )
