"""The one question back, where two things are about equally likely to be meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.models import Message
from assistant.selectors import Passage
from assistant.services.answers import Answer, Choice
from assistant.services.understanding import INTENT, PASSAGE, PRODUCT, Question, bare
from assistant.understanding.aspects import Aspect
from assistant.understanding.choices import CHOICES_MAX, asked_back
from assistant.understanding.naming import NEAR
from catalog.selectors import products_like
from inference.encoders import TextEncoder

# A written question this like what was asked needs no asking back.
UNDERSTOOD = 0.62
# Two passages this near in similarity may each be meant, if they are about different things.
AS_NEAR = 0.03
SAME_TOPIC = 0.6
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


def which_passage(asked: Question, found: Sequence[Passage], encoder: TextEncoder) -> Answer | None:
    """Which of two written questions, where neither is much like what was asked."""
    written = [one for one in found if one.is_answer and one.heading]
    if len(written) < 2 or not asked.may_ask_back:
        return None
    first, second = written[:2]
    if (
        first is not found[0]
        or not asked.base.refusal_threshold <= second.similarity
        or first.similarity >= UNDERSTOOD
        or abs(first.similarity - second.similarity) > AS_NEAR
    ):
        return None
    one, other = encoder.encode([first.heading, second.heading])
    if float(one @ other) >= SAME_TOPIC:
        return None
    return _asking(
        asked, found, [Choice(each.heading, PASSAGE, each.chunk_id) for each in (first, second)]
    )


def _asking(asked: Question, found: Sequence[Passage], choices: Sequence[Choice]) -> Answer:
    return replace(
        bare(asked, found),
        reply=asked_back([choice.label for choice in choices]),
        outcome=Message.Outcome.CLARIFY,
        choices=tuple(choices),
    )
