"""An answer encodes the question alone: sentences were encoded when their chunk was read."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from assistant.models import Chunk
from assistant.selectors import passages_for
from assistant.services.answering import answer, evidence_of
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def encoder():
    return make.CountingEncoder()


@pytest.fixture
def base(encoder):
    base = make.knowledge_base()
    make.read(base, {"returns.md": make.RETURNS}, now=NOW, encoder=encoder)
    encoder.encoded.clear()
    return base


def test_an_answer_encodes_nothing_but_the_question(base, encoder):
    found = answer(base, "return a dress within 30 days", now=NOW, encoder=encoder)
    assert found.sentences
    assert set(encoder.encoded) == {"return a dress within 30 days"}


def test_stored_vectors_are_those_of_the_sentences_under_their_heading(base, encoder):
    passages = passages_for(base, "returns free", now=NOW, encoder=encoder)
    for evidence, passage in zip(evidence_of(passages, encoder), passages, strict=True):
        heading = passage.heading.rsplit(" › ")[-1]
        expected = encoder.encode([f"{heading}: {one}" for one in evidence.sentences])
        assert np.abs(evidence.vectors - expected).max() < 1e-3


def test_chunks_read_before_vectors_were_stored_are_answered_from_as_before(base, encoder):
    asked = {"now": NOW, "encoder": encoder}
    before = answer(base, "return a dress within 30 days", **asked).sentences
    Chunk.objects.update(sentence_vectors=None)
    assert answer(base, "return a dress within 30 days", **asked).sentences == before


def test_a_base_that_holds_nothing_says_so(encoder):
    found = answer(make.knowledge_base(), "return a dress", now=NOW, encoder=encoder)
    assert (found.sentences, found.similarity) == ((), None)
