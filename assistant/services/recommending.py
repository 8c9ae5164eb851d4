"""Recommendations in a conversation, and what they go by: said with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.models import Message
from assistant.selectors import Passage
from assistant.services.answers import Answer, Live
from assistant.services.understanding import Question, bare
from assistant.understanding.aspect_words import ASKING
from assistant.understanding.aspects import Aspect, aspects_of
from assistant.understanding.speaking import Voice
from assistant.understanding.words import telling_words
from catalog.fitted import current_fit
from catalog.histories import Touch, UnitHistory
from catalog.models import Product
from catalog.recommending import (
    Chooser,
    NotFittedYet,
    Recommended,
    Shelf,
    Why,
    ask,
    recommendations_for,
    shop_rules,
)
from privacy.models import ConsentPurpose
from privacy.registry import directory
from privacy.selectors import may_use

SHOWN = 3
# Words that ask for something to be recommended, and say nothing of what.
_ASKING_WORDS = "recommend suggest match similar alternative gift idea best go wear"
_ASKING = frozenset(_ASKING_WORDS.split()) | ASKING


def recommended(asked: Question, found: Sequence[Passage]) -> Answer | None:
    """Products to show, the reason with each; None where there is nothing to go by.

    What a person bought counts only where they agreed to profiling and to answers that use it.
    """
    if not asked.base.answers_from_catalog:
        return None
    try:
        why, items = _items(asked)
    except NotFittedYet:
        return None
    if not items:
        return None
    live = tuple(_said(item, asked) for item in items)
    return replace(bare(asked, found), reply=why, live=live, outcome=Message.Outcome.ANSWERED)


def _items(asked: Question) -> tuple[str, list[Recommended]]:
    if asked.product_keys:
        product = Product.objects.only("title").get(pk=asked.product_keys[0])
        items = _beside(product.pk, asked)
        return asked.speaks.say("recommend_beside", title=product.title), items
    if may_know(asked.unit_id):
        vector = asked.own if _says_what(asked) else None
        items = recommendations_for(asked.unit_id, now=asked.now, limit=SHOWN, vector=vector)
        return asked.speaks.say("recommend_yours"), items
    if _says_what(asked):
        items = recommendations_for("", now=asked.now, limit=SHOWN, vector=asked.own)
        return asked.speaks.say("recommend_asked"), items
    items = recommendations_for("", now=asked.now, limit=SHOWN)
    return asked.speaks.say("recommend_popular"), items


def may_know(unit_id: str) -> bool:
    """Whether this is a person who agreed that answers use their profile."""
    subject = directory().subject_of(unit_id) if unit_id else None
    return subject is not None and all(
        may_use(subject, purpose=purpose)
        for purpose in (ConsentPurpose.PROFILING, ConsentPurpose.ASSISTANT)
    )


def _beside(product: int, asked: Question) -> list[Recommended]:
    """What others had with a product, as if it were all that is known of somebody."""
    fitted = current_fit()
    if fitted is None:
        raise NotFittedYet("the recommenders have not been fitted yet: run manage.py recommend")
    history = UnitHistory("", [Touch("", product, asked.now, is_purchase=True)])
    chooser = Chooser(fitted, shop_rules(), Shelf(), now=asked.now, limit=SHOWN)
    return chooser.chosen(ask(fitted, [history]), 0, history)


def _says_what(asked: Question) -> bool:
    said = telling_words(asked.text)
    return any(word not in _ASKING and Aspect.RECOMMEND not in aspects_of(word) for word in said)


def _said(item: Recommended, asked: Question) -> Live:
    voice = asked.speaks
    price = f" ({voice.money(item.price.amount, item.price.currency)})" if item.price else ""
    # Beside a product, that product is the reason.
    because = "" if asked.product_keys else f", {_because(item.why, voice)}"
    return Live(
        f"{item.title}{price}{because}.",
        item.product_id,
        item.external_id,
        item.title,
        item.url,
        asked.now,
    )


def _because(why: Why, voice: Voice) -> str:
    title = why.title or voice.say_of_product("something_alike")
    return voice.say_of_product(f"because_{why.cause}", title=title)
