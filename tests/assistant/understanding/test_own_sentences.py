"""A shop's own sentences: what may be written, and what is wrong with the rest."""

from __future__ import annotations

import pytest

from assistant.understanding.own_sentences import LONGEST, sentences_of, wrong_with
from assistant.understanding.speaking import LANGUAGES

OURS = "{title} costs {price}."


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_our_own_would_be_taken(language):
    assert [text for *_, text in sentences_of(language) if wrong_with(text, text)] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{title}: {price}!", ""),
        ("{price}, {price} for {title}", ""),
        ("{title}: {prise}", "no {prise} here"),
        ("{title} is dear", "{price} is missing"),
        ("{title.__class__}: {price}", "only around what is filled in: {title} and {price}"),
        ("{title!r}: {price}", "only around what is filled in"),
        ("{title:>99}: {price}", "only around what is filled in"),
        ("{{title}}: {price}", "only around what is filled in"),
        ("{}: {price} {title}", "only around what is filled in"),
        ("{title: {price}", "only around what is filled in"),
        ("{title} {price}" + "!" * LONGEST, "characters; 500 at most"),
    ],
)
def test_what_is_filled_in_is_there_and_nothing_else(text, wrong):
    found = wrong_with(text, OURS)
    assert wrong in found
    assert bool(found) == bool(wrong)


def test_where_nothing_is_filled_in_braces_are_wrong():
    assert "nothing is filled in" in wrong_with("Call {name}.", "A person answers.")
