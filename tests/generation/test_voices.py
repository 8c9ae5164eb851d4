from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.voices import is_reusable, propose_voice

LETTERS = """\
Dear {{ first_name }},

Thank you for being with us. Our linen is woven slowly, and worn often.
Have a look whenever you like. The new pieces are here until Sunday at 20% off.

Warmly,
The Juniper family

Dear {{ first_name }},

We are glad you came by. Our linen dresses are back, and you may take your time.
Have a look at our fairly priced linen dresses. Thank you for your kind words.

Warmly,
The Juniper family
"""


def test_a_tone_is_proposed_with_the_sentences_it_rests_on():
    tone = propose_voice(LETTERS).tone
    assert tone.value == "warm"
    assert "Thank you for being with us." in tone.rests_on
    assert "thank" in tone.reason


def test_greeting_and_sign_off_are_found():
    found = propose_voice(LETTERS)
    assert (found.greeting.value, found.sign_off.value) == ("Dear", "Warmly")
    assert found.sign_off.reason == "The sign-off of 2 texts."


def test_terms_are_those_said_more_than_once():
    terms = {one.value: one.rests_on for one in propose_voice(LETTERS).terms}
    assert "linen dresses" in terms
    assert len(terms["linen dresses"]) == 2


def test_words_are_proposed_for_banning_where_the_brand_says_it_another_way():
    banned = {one.value: one for one in propose_voice(LETTERS).banned}
    assert "fairly priced" in banned["cheap"].reason
    assert "Have a look whenever you like." in banned["hurry"].rests_on


def test_a_word_the_brand_says_is_not_proposed_for_banning():
    said = LETTERS + "\nA cheap treat for you, dear friend."
    assert "cheap" not in {one.value for one in propose_voice(said).banned}


def test_greetings_and_names_under_a_letter_are_no_sentences():
    found = propose_voice(LETTERS)
    traits = (found.tone, *found.descriptors, *found.terms)
    rests_on = {one for trait in traits for one in trait.rests_on}
    assert not {one for one in rests_on if one.startswith("Dear") or "family" in one}


def test_descriptors_say_what_was_counted():
    found = {one.value: one.reason for one in propose_voice(LETTERS).descriptors}
    assert "speaks to the reader directly" in found
    assert found["never exclaims"].startswith("None of ")


def test_sentences_offered_for_reuse_hold_no_fact_and_no_tag():
    sentences = propose_voice(LETTERS).sentences
    assert "Our linen is woven slowly, and worn often." in sentences
    assert not any("20%" in one or "…" in one for one in sentences)


@pytest.mark.parametrize(
    "sentence",
    ["Now 20% off for all of you.", "See https://x.example for more.", "Hi {{ name }}, come in.",
     "Too short.", "no capital letter stands here.", "It has no end to it"],
)  # fmt: skip
def test_a_sentence_with_a_fact_or_a_tag_or_half_of_one_is_not_reused(sentence):
    assert not is_reusable(sentence)


def test_nothing_is_read_from_nothing():
    found = propose_voice(" \n ")
    assert (found.sentence_count, found.tone, found.descriptors, found.terms) == (0, None, (), ())


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(text):
    assert propose_voice(text).sentence_count >= 0
