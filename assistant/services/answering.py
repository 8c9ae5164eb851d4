"""What a knowledge base says to a question: sentences of its documents, each with its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence import FIRM, Evidence, extracted, firmness
from assistant.answering.sufficiency import SURE
from assistant.documents.said import sentences_in, under_heading, unpacked
from assistant.models import Intent, KnowledgeBase, Message, Policy
from assistant.selectors import Passage, passages_for_vector
from assistant.services.answers import NOTHING_BEFORE, PASSAGE, Answer, Before
from assistant.services.asking_back import like_products, which_intent, which_passage, which_product
from assistant.services.from_catalog import said_live, with_live_prices, without_prices
from assistant.services.policies import passages_max_of, weighed_by
from assistant.services.recommending import recommended
from assistant.services.understanding import Question, bare, question_understand
from assistant.services.wording import worded
from assistant.understanding.aspects import Aspect
from assistant.understanding.speaking import foreign_notice, is_foreign
from inference.encoders import TextEncoder, text_encoder

__all__ = ["Answer", "Before", "answer", "evidence_of"]

# Alike enough that the question was understood, whatever its language seems to be.
READ_ANYWAY = 0.75
# So alike a question is answered by what is written, even though it may be about a product.
WRITTEN_DOWN = 0.7
PRODUCT_FOR_SURE = 0.6


def answer(
    base: KnowledgeBase,
    question: str,
    *,
    now: datetime,
    before: Before = NOTHING_BEFORE,
    unit_id: str = "",
    for_staff: bool = False,
    encoder: TextEncoder | None = None,
    policy: Policy | None = None,
    page_language: str = "",
) -> Answer:
    """What a knowledge base says to a question; no sentences where it holds no evidence."""
    encoder, base = encoder or text_encoder(), weighed_by(base, policy)
    asked = question_understand(
        base,
        question,
        now=now,
        encoder=encoder,
        before=before,
        unit_id=unit_id,
        for_staff=for_staff,
        page_language=page_language,
    )
    found = passages_for_vector(
        base,
        asked.wanted,
        asked.vector,
        now=now,
        for_staff=for_staff,
        limit=passages_max_of(policy),
    )
    said = (
        _by_intent(asked, found)
        or _by_catalog(asked, found)
        or _by_documents(asked, found, encoder)
    )
    # What the catalog says is said as it is: a price in other words may be another price.
    wording = worded(
        said.sentences,
        without_prices(asked, said),
        asked.wanted,
        base=base,
        policy=policy,
        encoder=encoder,
        now=now,
    )
    return replace(said, sentences=wording.sentences, wording=wording)


def _by_intent(asked: Question, found: Sequence[Passage]) -> Answer | None:
    """What a person decided is said or done where this is wanted."""
    if len(asked.intents) > 1:
        return which_intent(asked, found) if asked.may_ask_back else None
    for intent in asked.intents:
        if intent.action == Intent.Action.REPLY:
            return replace(bare(asked, found), reply=intent.reply)
        if intent.action == Intent.Action.HAND_OVER:
            return replace(bare(asked, found), outcome=Message.Outcome.HANDED_OVER)
        if intent.action == Intent.Action.RECOMMEND:
            return recommended(asked, found)
    return None


def _by_catalog(asked: Question, found: Sequence[Passage]) -> Answer | None:
    """What is true of products at this moment, where that is asked."""
    if not asked.base.answers_from_catalog or _is_written_down(asked, found):
        return None
    if Aspect.RECOMMEND in asked.aspects and Aspect.OPTIONS not in asked.aspects:
        return recommended(asked, found)
    if not asked.aspects or not asked.products:
        return None
    unsure = which_product(asked, found)
    if unsure is not None:
        return unsure
    live = said_live(asked)
    return replace(bare(asked, found), live=live) if live else None


def _is_written_down(asked: Question, found: Sequence[Passage]) -> bool:
    """Whether a written answer fits better than a product that is perhaps meant."""
    confidence = asked.products[0].confidence if asked.products else 0.0
    return confidence < PRODUCT_FOR_SURE and any(
        one.is_answer and one.similarity >= WRITTEN_DOWN for one in found
    )


def _by_documents(asked: Question, found: Sequence[Passage], encoder: TextEncoder) -> Answer:
    """Sentences of documents; a question back or the truth where they say nothing for sure."""
    picked = asked.chosen.value if asked.chosen and asked.chosen.kind == PASSAGE else None
    if picked is not None:
        found = [one for one in found if one.chunk_id == picked] or found
    notice = _foreign(asked, found)
    if notice and asked.language not in (encoder.languages or {asked.language}):
        return replace(bare(asked, found), reply=notice, outcome=Message.Outcome.NO_EVIDENCE)
    # Who picked a written question has its answer, however near it is.
    least, sure = (asked.base.refusal_threshold, SURE) if picked is None else (-1.0, 0.0)
    direction = _between(asked.vector, asked.own)
    evidence = evidence_of(found, encoder)
    cited = extracted(direction, evidence, threshold=least, sure=sure)
    live, kept = with_live_prices(asked, found, cited)
    if kept and not live and firmness(direction, kept, evidence) < FIRM:
        unsure = which_passage(asked, found)
        return unsure or replace(
            bare(asked, found),
            sentences=tuple(kept),
            reply=notice or asked.speaks.say("nearest"),
            outcome=Message.Outcome.UNSURE,
        )
    if live or kept:
        return replace(bare(asked, found), sentences=tuple(kept), live=live, reply=notice)
    nothing = replace(bare(asked, found), outcome=Message.Outcome.NO_EVIDENCE, reply=notice)
    return like_products(asked, found) or which_passage(asked, found) or nothing


def _foreign(asked: Question, found: Sequence[Passage]) -> str:
    """That the documents are in another language than the question; empty where they are not."""
    best = max((one.similarity for one in found), default=0.0)
    if best >= READ_ANYWAY or not is_foreign(asked.language, asked.base.language):
        return ""
    return foreign_notice(asked.language, asked.base.language, asked.base.own_sentences)


def _between(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    middle = one + other
    return np.asarray(middle / np.linalg.norm(middle), dtype=np.float32)


def evidence_of(passages: Sequence[Passage], encoder: TextEncoder) -> list[Evidence]:
    """Passages cut into sentences with their vectors."""
    if not passages:
        return []
    cut = [sentences_in(passage.body) for passage in passages]
    vectors = _sentence_vectors(passages, cut, encoder)
    return [
        Evidence(
            passage.chunk_id,
            passage.is_answer,
            passage.similarity,
            sentences,
            own,
            passage.heading,
        )
        for passage, sentences, own in zip(passages, cut, vectors, strict=True)
    ]


def _sentence_vectors(
    passages: Sequence[Passage], cut: Sequence[Sequence[str]], encoder: TextEncoder
) -> list[NDArray[np.float32]]:
    """Those stored when a chunk was read; of chunks read before any were stored, new ones."""
    stored = [
        unpacked(one.sentence_vectors, size=encoder.size) if one.sentence_vectors else None
        for one in passages
    ]
    is_missing = [
        not one.is_answer and (own is None or len(own) != len(said))
        for one, own, said in zip(passages, stored, cut, strict=True)
    ]
    texts = [
        under_heading(passage.heading, said) if misses else []
        for passage, said, misses in zip(passages, cut, is_missing, strict=True)
    ]
    flat = [text for own in texts for text in own]
    made = encoder.encode(flat) if flat else np.empty((0, encoder.size), dtype=np.float32)
    ends = np.cumsum([len(own) for own in texts])[:-1]
    return [
        new if own is None or misses else own
        for new, own, misses in zip(np.split(made, ends), stored, is_missing, strict=True)
    ]
