"""Finding: words as BM25 has them, meaning as vectors have it, and who may see what."""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from assistant.models import Chunk
from assistant.selectors import candidates_for, passages_for
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENCODER = make.CountingEncoder()


@pytest.fixture
def base():
    return make.knowledge_base()


def found(base, question, **given):
    return passages_for(base, question, now=NOW, encoder=ENCODER, **given)


def read(base, files, **given):
    return make.read(base, files, now=NOW, encoder=ENCODER, **given)


def test_the_passage_that_answers_stands_first_with_its_source(base):
    read(base, {"returns.md": make.RETURNS, "faq.csv": make.SHIPPING}, url="https://x.example/help")
    first = found(base, "Do you ship to Norway?")[0]
    assert first.body == "Yes: parcels to Norway take four days."
    assert (first.document, first.url) == ("faq.csv", "https://x.example/help")
    assert 0.7 < first.similarity <= 1


def bm25(texts, question, *, k1=0.9, b=0.4):
    """By the book, for texts of words that PostgreSQL neither stems nor drops."""
    docs = [Counter(re.findall(r"\w+", text)) for text in texts]
    mean = sum(doc.total() for doc in docs) / len(docs)
    scores = []
    for doc in docs:
        score = 0.0
        for term in question.split():
            having = sum(term in other for other in docs)
            idf = math.log(1 + (len(docs) - having + 0.5) / (having + 0.5))
            norm = doc[term] + k1 * (1 - b + b * doc.total() / mean)
            score += idf * doc[term] * (1 + k1) / norm
        scores.append(score)
    return scores


def test_words_are_scored_as_bm25_by_the_book(base):
    rng = np.random.default_rng(3)
    words = ["zork", "plim", "quab", "drox", "velm", "wump", "gribb", "snart"]
    texts = sorted({" ".join(rng.choice(words, rng.integers(3, 30))) for _ in range(60)})
    read(base, {"w.md": "\n\n".join(f"# h\n\n{text}" for text in texts).encode()})
    Chunk.objects.update(heading="")
    base.refresh_from_db()
    # The heading “h” is one word of every chunk, and in no question.
    expected = dict(zip(texts, bm25([f"h {text}" for text in texts], "zork velm"), strict=True))
    got = candidates_for(base, "zork velm", ENCODER.encode(["zork velm"])[0], now=NOW).candidates
    bodies = dict(Chunk.objects.values_list("pk", "body"))
    assert len(got.ids) == len(texts)
    for chunk, score in zip(got.ids, got.lexical, strict=True):
        assert score == pytest.approx(expected[bodies[chunk]], rel=1e-9)


def test_meaning_is_the_cosine_of_the_vectors(base):
    read(base, {"returns.md": make.RETURNS})
    vector = ENCODER.encode(["return a dress"])[0]
    got = candidates_for(base, "return a dress", vector, now=NOW).candidates
    for chunk, dense in zip(got.ids, got.dense, strict=True):
        own = np.asarray(Chunk.objects.get(pk=chunk).vector)
        assert dense == pytest.approx(float(own @ vector), abs=1e-6)


def test_what_is_for_staff_is_found_by_staff_only(base):
    read(base, {"returns.md": make.RETURNS})
    read(base, {"staff.md": make.STAFF}, audience="staff")
    asked = "What is the refund code?"
    assert {passage.document for passage in found(base, asked)} == {"Returns"}
    assert found(base, asked, for_staff=True)[0].document == "Refund codes"


def test_a_document_given_to_staff_later_is_no_longer_found_by_others(base):
    read(base, {"staff.md": make.STAFF})
    assert found(base, "refund code")
    read(base, {"staff.md": make.STAFF}, audience="staff")
    assert found(base, "refund code") == []


@pytest.mark.parametrize(
    ("given", "is_found"),
    [
        ({"valid_from": NOW + timedelta(days=1)}, False),
        ({"valid_until": NOW}, False),
        ({"valid_from": NOW, "valid_until": NOW + timedelta(days=1)}, True),
    ],
)
def test_a_document_is_found_while_it_is_valid(base, given, is_found):
    read(base, {"returns.md": make.RETURNS}, **given)
    assert bool(found(base, "Are returns free?")) is is_found


def test_bases_know_nothing_of_each_other(base):
    other = make.knowledge_base()
    read(other, {"faq.csv": make.SHIPPING})
    read(base, {"returns.md": make.RETURNS})
    assert {passage.document for passage in found(base, "ship to Norway")} == {"Returns"}


def test_at_most_five_passages_and_none_twice(base):
    lines = [f"Point {number} is about parcels and {'x' * number}." for number in range(1, 12)]
    text = "\n\n".join(
        f"# Part {number}\n\n{line}" for number, line in enumerate([*lines, lines[0]])
    )
    read(base, {"a.md": text.encode()})
    passages = found(base, "parcels")
    assert len(passages) == 5
    assert len({passage.body for passage in passages}) == 5


def test_a_question_without_a_word_that_counts_is_answered_by_meaning_alone(base):
    read(base, {"returns.md": make.RETURNS})
    assert found(base, "is it the?")
    assert found(base, "'; DROP TABLE assistant_chunk; --")


def test_an_empty_base_finds_nothing(base):
    assert found(base, "Are returns free?") == []
