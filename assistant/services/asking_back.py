"""The one question back, where two things are about equally likely to be meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.evidence import chance_of
from assistant.answering.sufficiency import MAYBE
from assistant.models import Message
from assistant.selectors import Passage
from assistant.services.answers import INTENT, PASSAGE, PRODUCT, Answer, Choice
from assistant.services.understanding import Question, bare
from assistant.understanding.aspects import Aspect
from assistant.understanding.choices import CHOICES_MAX
from assistant.understanding.naming import NEAR
from assistant.understanding.speaking import asked_back
from catalog.selectors import products_like

# Written questions this near to the nearest may each be meant.
AS_NEAR = 0.1
# By meaning alone a product is never certain, and below this it is not even a guess.
LIKE_A_PRODUCT = 0.42
GUESSES = 3


def which_intent(asked: Question, found: Sequence[Passage]) -> Answer:
    """Which of two intents."""
    return _asking(
        asked, found, [Choice(intent.name, INTENT, intent.pk) for intent in asked.intents]
    )


def which_product(asked: Question, found: Sequence[Passage]) -> Answer | None:
    """Which of a few products; None where it is one, or so many that they are only examples."""
    if not 1 < len(asked.products) <= CHOICES_MAX or not asked.may_ask_back:
        return None
    return _asking(
        asked, found, [Choice(one.title, PRODUCT, one.products[0]) for one in asked.products]
    )


def like_products(asked: Question, found: Sequence[Passage]) -> Answer | None:
    """Whether a product is meant that the question describes and does not name."""
    is_about_one = bool(asked.aspects - {Aspect.RECOMMEND})
    if not (is_about_one and asked.base.answers_from_catalog and asked.may_ask_back):
        return None
    likely = list(products_like(asked.vector.tolist(), limit=GUESSES))
    near = [one for one in likely if 1 - one.distance >= LIKE_A_PRODUCT]  # type: ignore[attr-defined]  # annotated
    near = [one for one in near if one.distance <= near[0].distance + NEAR]  # type: ignore[attr-defined]
    if not near:
        return None
    return _asking(asked, found, [Choice(one.title, PRODUCT, one.pk) for one in near])


def which_passage(asked: Question, found: Sequence[Passage]) -> Answer | None:
    """Whether a written question is meant that is near, and not so near as to be it for sure."""
    written = [one for one in found if one.is_answer and one.heading]
    if not written or not asked.may_ask_back:
        return None
    nearest = sorted(written, key=lambda one: -one.similarity)[:GUESSES]
    least = max(asked.base.refusal_threshold, nearest[0].similarity - AS_NEAR)
    meant = [one for one in nearest if one.similarity >= least]
    if not meant or chance_of(nearest[0], found) < MAYBE:
        return None
    return _asking(asked, found, [Choice(one.heading, PASSAGE, one.chunk_id) for one in meant])


def _asking(asked: Question, found: Sequence[Passage], choices: Sequence[Choice]) -> Answer:
    return replace(
        bare(asked, found),
        reply=asked_back([choice.label for choice in choices], asked.speaks),
        outcome=Message.Outcome.CLARIFY,
        choices=tuple(choices),
    )
