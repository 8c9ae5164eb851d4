"""What the catalog says now, and keeping documents from saying otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.evidence import Cited
from assistant.documents.said import sentences_in
from assistant.models import Document
from assistant.selectors import Passage
from assistant.services.answers import Answer, Live
from assistant.services.products import live_about, priced_product
from assistant.services.understanding import Question
from assistant.understanding.aspects import Aspect
from assistant.understanding.choices import CHOICES_MAX
from assistant.understanding.naming import Match
from assistant.understanding.orders import states_money

EXAMPLES = 3


def said_live(asked: Question) -> tuple[Live, ...]:
    """What is asked of the product that is meant; of several, of a few of them."""
    aspects = asked.aspects - {Aspect.RECOMMEND}
    if len(asked.products) > CHOICES_MAX:
        # So many share the words that a kind of product is meant, of which these are some.
        aspects |= {Aspect.PRICE}
    meant = asked.products[: EXAMPLES if len(asked.products) > 1 else 1]
    return tuple(
        one
        for match in meant
        for one in live_about(match, aspects, asked.wanted, now=asked.now, voice=asked.speaks)
    )


def with_live_prices(
    asked: Question, found: Sequence[Passage], cited: Sequence[Cited]
) -> tuple[tuple[Live, ...], list[Cited]]:
    """Sentences, those that state a price of a product taken out and what it costs now put in."""
    kept: list[Cited] = []
    live: dict[tuple[int, ...], tuple[Live, ...]] = {}
    passages = {one.chunk_id: one for one in found}
    for one in cited:
        match = _priced(asked, passages[one.chunk_id], one.text) if states_money(one.text) else None
        if match is None:
            kept.append(one)
        elif match.products not in live:
            live[match.products] = live_about(
                match, [Aspect.PRICE], "", now=asked.now, voice=asked.speaks
            )
    return tuple(said for about in live.values() for said in about), kept


def without_prices(asked: Question, answer: Answer) -> list[Passage]:
    """The passages an answer cites, less the sentences that state a price of a product.

    What a language model does not read it cannot repeat.
    """
    cited = {one.chunk_id for one in answer.sentences}
    return [_without_prices(asked, one) for one in answer.passages if one.chunk_id in cited]


def _without_prices(asked: Question, passage: Passage) -> Passage:
    if not states_money(passage.body):
        return passage
    kept = [
        sentence
        for sentence in sentences_in(passage.body)
        if not (states_money(sentence) and _priced(asked, passage, sentence))
    ]
    return replace(passage, body="\n".join(kept), sentence_vectors=None)


def _priced(asked: Question, passage: Passage, sentence: str) -> Match | None:
    """The product whose price a sentence states; None where it is no product's."""
    if not asked.base.answers_from_catalog:
        return None
    own = Document.objects.filter(pk=passage.document_id).values_list("product", flat=True).first()
    if own is not None:
        return Match((own,), "", 1.0)
    return priced_product(asked.base, sentence, passage.heading)
