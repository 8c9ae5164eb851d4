"""Answers word for word: enough, in order, nothing twice, nothing beside the point."""

from __future__ import annotations

import numpy as np

from assistant.answering.evidence import SENTENCES_MAX, WORDS_MAX, Evidence, extracted
from inference.encoders import text_encoder

QUESTION = np.array([1, 0, 0], dtype=np.float32)


def evidence(chunk, *likes, similarity=0.8, is_answer=False):
    """A passage whose sentences are so like the question, each in a direction of its own."""
    rng = np.random.default_rng(chunk)
    rows = []
    for like in likes:
        angle = rng.uniform(0, 2 * np.pi)
        side = np.sqrt(1 - like**2)
        rows.append([like, side * np.cos(angle), side * np.sin(angle)])
    sentences = tuple(f"Sentence {chunk}.{place}." for place in range(len(likes)))
    vectors = np.array(rows, dtype=np.float32)
    return Evidence(chunk, is_answer, similarity, sentences, vectors)


def said(*found, threshold=0.5):
    return [one.text for one in extracted(QUESTION, found, threshold=threshold)]


def test_the_nearest_sentences_are_said_in_the_passages_order():
    assert said(evidence(1, 0.7, 0.1, 0.75)) == ["Sentence 1.0.", "Sentence 1.2."]


def test_no_more_than_a_few():
    assert len(said(evidence(1, *[0.7] * 9))) <= SENTENCES_MAX


def test_what_is_beside_the_point_is_left_out():
    assert said(evidence(1, 0.9), evidence(2, 0.2)) == ["Sentence 1.0."]


def test_passages_below_the_threshold_are_no_evidence():
    assert said(evidence(1, 0.9, similarity=0.3)) == []
    assert said() == []


def test_the_same_sentence_in_two_documents_is_said_once():
    one = evidence(1, 0.9)
    twin = Evidence(2, False, 0.8, one.sentences, one.vectors)
    assert said(one, twin) == ["Sentence 1.0."]


def test_a_written_answer_is_given_from_its_beginning():
    first = evidence(1, 0.1, 0.9, is_answer=True)
    assert said(first, evidence(2, 0.99)) == ["Sentence 1.0.", "Sentence 1.1."]


def test_a_long_written_answer_ends_with_a_whole_sentence():
    sentences = tuple(f"{'word ' * 30}{number}." for number in range(6))
    long = Evidence(1, True, 0.8, sentences, np.empty((0, 3), dtype=np.float32))
    found = extracted(QUESTION, [long], threshold=0.5)
    assert 0 < sum(len(one.text.split()) for one in found) <= WORDS_MAX


def test_with_real_vectors_the_sentence_that_answers_is_the_one_said():
    encoder = text_encoder()
    sentences = (
        "Our shop was founded in 1987 by two sisters.",
        "Parcels to Norway take four days.",
        "The office dog is called Bosse.",
    )
    passage = Evidence(1, False, 0.7, sentences, encoder.encode(list(sentences)))
    question = encoder.encode(["How long does delivery to Norway take?"])[0]
    assert [one.text for one in extracted(question, [passage], threshold=0.4)] == [sentences[1]]
