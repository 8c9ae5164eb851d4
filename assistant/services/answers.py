"""What a question comes to, before it is kept: sentences with sources, or a question back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence import Cited
from assistant.models import Message
from assistant.selectors import Passage
from assistant.services.wording import NOT_WORDED, Wording
from assistant.understanding.speaking import Voice

# What a choice may be of.
PRODUCT, INTENT, PASSAGE = "product", "intent", "passage"


@dataclass(frozen=True, slots=True)
class Live:
    """A sentence the catalog says at this moment."""

    text: str
    product_id: int
    external_id: str
    title: str
    url: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """Something a visitor may have meant: a product, an intent or a passage, by its key."""

    label: str
    kind: str
    value: int

    def as_json(self, number: int) -> dict[str, Any]:
        return {"number": number, "label": self.label, "kind": self.kind, "value": self.value}


@dataclass(frozen=True, slots=True)
class Before:
    """What was said last, as far as the next question may lean on it.

    Attributes:
        looked_for: The question as it was looked for.
        products: Those it was about.
        choices: What the visitor was asked to choose from, if they were.
        language: What was last seen to be the visitor's, two letters.
    """

    looked_for: str = ""
    products: tuple[int, ...] = ()
    choices: tuple[Choice, ...] = ()
    language: str = ""


NOTHING_BEFORE = Before()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question came to.

    Attributes:
        sentences: Of documents, word for word.
        passages: What was found for it, the best first.
        similarity: Of the best passage.
        looked_for: The question as it was looked for.
        vector: Of that.
        live: Sentences of the catalog, which come before those of documents.
        reply: The house's own words: a fixed reply, a question back, why there is no answer.
        outcome: What all that is.
        choices: What the visitor is asked to choose from.
        language: Of the question; empty: not known.
        speaks: How our own sentences are said.
        intent: Its name.
        entities: Order numbers, and products by key.
        wording: Whose words the sentences are, and why.
    """

    sentences: tuple[Cited, ...]
    passages: tuple[Passage, ...]
    similarity: float | None
    looked_for: str
    vector: NDArray[np.float32]
    live: tuple[Live, ...] = ()
    reply: str = ""
    outcome: str = Message.Outcome.ANSWERED
    choices: tuple[Choice, ...] = ()
    language: str = ""
    speaks: Voice = field(default_factory=Voice)
    intent: str = ""
    entities: dict[str, Any] = field(default_factory=dict)
    wording: Wording = NOT_WORDED


@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer as it is shown: its text, its sentences, and the sources they name by number."""

    text: str
    sentences: list[dict[str, Any]]
    sources: list[dict[str, Any]]


def spoken(found: Answer) -> Spoken:
    """Sources are numbered as they come up in the answer, from 1; what is live stands first."""
    products = {one.product_id: one for one in found.live}
    chunks = dict.fromkeys(one.chunk_id for one in found.sentences)
    passages = {passage.chunk_id: passage for passage in found.passages}
    sources = [
        *map(_of_catalog, products.values()),
        *(_of_document(passages[key]) for key in chunks),
    ]
    number = {("product", key): at for at, key in enumerate(products, 1)}
    number |= {("chunk", key): at for at, key in enumerate(chunks, len(products) + 1)}
    sentences: list[dict[str, Any]] = [
        *({"text": one.text, "sources": [number["product", one.product_id]]} for one in found.live),
        *(
            {"text": one.text, "sources": [number["chunk", one.chunk_id]]}
            for one in found.sentences
        ),
    ]
    if found.reply and sentences:
        sentences.insert(0, {"text": found.reply, "sources": []})
    text = " ".join(one["text"] for one in sentences) or found.reply
    return Spoken(text, sentences, [{"number": at, **one} for at, one in enumerate(sources, 1)])


def _of_catalog(one: Live) -> dict[str, Any]:
    return {
        "kind": "catalog",
        "document": one.title,
        "heading": "",
        "url": one.url,
        "product": one.external_id,
        "as_of": one.as_of.isoformat(),
    }


def _of_document(passage: Passage) -> dict[str, Any]:
    return {
        "kind": "document",
        "document": passage.document,
        "heading": passage.heading,
        "url": passage.url,
        "chunk": passage.chunk_id,
    }
