"""What is admitted beside written examples, and by which examples heads are compared."""

from __future__ import annotations

import numpy as np

from assistant.understanding.examples import (
    FROM_DOCUMENTS,
    VISITOR_MOST,
    Example,
    Learnt,
    Source,
    admitted,
    forgotten,
    is_kept,
    parted,
)
from inference.heads.intents import IntentHead

WRITTEN = [Example("1", f"written {n}") for n in range(4)]
WRITTEN += [Example("2", f"other {n}") for n in range(3)]


def said(label, text, visitor, source=Source.VISITOR):
    return Example(label, text, source, message=f"m {visitor} {text}", visitor=visitor)


def test_an_intent_learns_no_more_than_was_written_for_it():
    heard = [said("1", f"new {n}", f"visitor {n}") for n in range(9)]
    assert [one.text for one in admitted(heard, WRITTEN)] == [f"new {n}" for n in range(4)]
    documents = [said(FROM_DOCUMENTS, f"new {n}", f"visitor {n}") for n in range(9)]
    assert len(admitted(documents, WRITTEN)) == 4


def test_one_visitor_teaches_little_and_staff_are_not_counted_so():
    mine = [said(label, f"mine {n} {label}", "ann") for n in range(3) for label in "12"]
    assert len(admitted(mine, WRITTEN)) == VISITOR_MOST
    theirs = [said("1", f"told {n}", "ann", Source.STAFF) for n in range(4)]
    assert {one.text for one in admitted([*mine, *theirs], WRITTEN)} >= {"told 0", "told 3"}


def test_words_that_visitors_disagree_about_teach_nothing_unless_staff_say():
    heard = [said("1", "hm", "ann"), said("2", "Hm!", "bob")]
    assert admitted(heard, WRITTEN) == []
    staff = said("2", "hm", "dana", Source.STAFF)
    assert admitted([*heard, staff], WRITTEN) == [staff]


def test_what_is_written_is_not_learnt_as_something_else():
    assert admitted([said("2", "Written 1!", "ann")], WRITTEN) == []
    assert admitted([said("3", "of no intent", "ann")], WRITTEN) == []


def test_what_visitors_say_judges_nothing_and_what_is_kept_is_never_learnt():
    texts = [f"text {n}" for n in range(40)]
    sources = (Source.WRITTEN, Source.STAFF, Source.VISITOR, Source.DOCUMENT)
    every = [
        Example(str(n % 2), text, source) for source in sources for n, text in enumerate(texts)
    ]
    parts = parted(Learnt(tuple(every), np.zeros((len(every), 2), dtype=np.float32)))
    assert {one.source for one in parts.kept.examples} == {Source.WRITTEN, Source.STAFF}
    assert {one.source for one in parts.heard.examples} == {Source.VISITOR}
    assert all(is_kept(text) for text in (*parts.kept.texts, *parts.heard.texts))
    learnt = [one for one in parts.inside.examples if one.source != Source.DOCUMENT]
    assert not any(is_kept(one.text) for one in learnt)
    assert len(parts.kept.texts) + len(parts.heard.texts) + len(learnt) == 120


def test_a_head_forgets_a_message_and_still_knows_whose_the_others_are():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(12, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    every = [Example(str(n % 2), f"text {n}", message=f"m{n}" if n % 3 else "") for n in range(12)]
    head = IntentHead.unpack(Learnt(tuple(every), vectors).fitted().pack())
    assert forgotten(head, ["m0", "unknown"]) is None
    left = IntentHead.unpack(forgotten(head, ["m4", "m8"]).pack())
    assert len(left.examples.vectors) == 10
    assert not (left.examples.vectors[:, None] == vectors[None, [4, 8]]).all(axis=2).any()
    row = left.about["messages"]["m11"]
    assert (left.examples.vectors[row] == vectors[11]).all()
    assert forgotten(left, ["m4"]) is None
    assert len(left.judge(["text 1"], vectors[1:2])) == 1
