import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audience.aspects import Lexicon, clause_spans, clauses, opinions_in, views

LEXICON = Lexicon()


@pytest.mark.parametrize(
    ("clause", "aspects"),
    [
        ("it runs small", ["fit"]),
        ("way overpriced", ["price"]),
        ("the stitching came undone", ["quality"]),
        ("arrived two weeks late", ["delivery"]),
        ("itchy against the skin", ["comfort"]),
        ("the colour is stunning", ["look"]),
        ("their customer service never replied", ["service"]),
        ("I wore it on Sunday", []),
        ("outfit for my retail job", []),
    ],
)
def test_words_name_their_aspect(clause, aspects):
    assert LEXICON.aspects(clause) == aspects


def test_a_shop_may_name_its_own_aspects():
    assert Lexicon({"scent": ["smell*", "perfume"]}).aspects("it smells of roses") == ["scent"]


def test_each_clause_is_an_opinion_of_its_own():
    text = "Great price; the fabric is thin, but it fits well. Shipping was slow"

    assert clauses(text) == [
        "Great price;",
        "the fabric is thin",
        "but it fits well.",
        "Shipping was slow",
    ]


def test_a_view_is_the_mean_over_texts_each_counted_once():
    mentions = [LEXICON.mentions(text) for text in ("Fits well. Fits true to size.", "Too small!")]

    found = views([opinions_in(mentions[0], [1.0, 0.5]), opinions_in(mentions[1], [-0.5])])

    assert found["fit"].sentiment == pytest.approx(np.mean([0.75, -0.5]))
    assert found["fit"].texts == (0, 1)


def test_texts_that_name_nothing_have_no_views():
    assert LEXICON.mentions("Love it so much") == []
    assert views([{}]) == {}


@given(st.text(alphabet="ab .,;!?-–\n but it the", max_size=60))
def test_clauses_stand_where_they_are_said_to(text):
    spans = clause_spans(text)

    assert spans == sorted(spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert [text[start:end] for start, end in spans] == clauses(text)
    assert all(clause == clause.strip() for clause in clauses(text))


def test_other_words_have_another_key():
    assert LEXICON.key == Lexicon().key != Lexicon({"scent": ["smell*"]}).key
