"""Every language says everything, with the same blanks, and none says it in English."""

from __future__ import annotations

import string

import pytest

from assistant.understanding.aspect_words import OPTION_NAMES
from assistant.understanding.facts import FEW, LATER
from assistant.understanding.speaking import (
    DEFAULT,
    LANGUAGES,
    Voice,
    asked_back,
    language_of,
    words_of,
)
from catalog.recommending import Cause

ASKED_FOR = {"en", "de", "fr", "es", "it", "nl", "pl", "pt"}
OTHERS = [language for language in LANGUAGES if language != DEFAULT]
# Spelt alike, or names.
MAY_BE_ALIKE = 6


def blanks(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_the_languages_of_most_european_shops_are_spoken():
    assert set(LANGUAGES) >= ASKED_FOR


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_sentence_with_the_same_blanks(language):
    ours = words_of(language)
    assert list(ours) == list(words_of(DEFAULT))
    for part, sentences in words_of(DEFAULT).items():
        if part == "left":  # Its forms are the language's own: below.
            continue
        assert list(ours[part]) == list(sentences)
        for name, text in sentences.items():
            assert blanks(ours[part][name]) == blanks(text), f"{language}: {part}.{name}"
            assert ours[part][name] == ours[part][name].strip() != ""


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_was_left_in_english(language):
    for part in ("said", "catalog", "left", "chat"):
        alike = [
            name
            for name, text in words_of(DEFAULT)[part].items()
            if words_of(language)[part].get(name) == text
        ]
        assert len(alike) <= MAY_BE_ALIKE, alike
        assert all(len(words_of(DEFAULT)[part][name]) < 30 for name in alike), alike


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_names_each_of_them(language):
    assert set(words_of(language)["languages"]) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_things_that_are_left_can_be_said(language):
    said = {Voice(language).say_left(count, "Alma") for count in range(1, FEW + 1)}
    assert len(said) == FEW
    assert {tuple(blanks(text)) for text in words_of(language)["left"].values()} == {
        ("count", "title")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_and_every_reason_can_be_said(language):
    names = set(words_of(language)["catalog"])
    assert names >= {
        f"{one}_{form}" for one in OPTION_NAMES.values() for form in ("one", "several")
    }
    options = set(OPTION_NAMES.values())
    assert names >= {f"{one}_{number}" for one in options for number in ("one", "several")}
    assert names >= {f"because_{cause}" for cause in Cause}
    assert names >= {*LATER, "sold_out"}


def test_a_question_back_is_quoted_as_the_language_quotes():
    assert asked_back(["Alma", "Bella"], Voice("fr")) == "Voulez-vous dire « Alma » ou « Bella » ?"


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (["pt-BR"], "pt"),
        (["DE_at"], "de"),
        (["nn"], "no"),
        (["", "xx", "it"], "it"),
        (["../en", "\0"], "en"),
    ],
)
def test_the_first_language_that_we_speak_is_taken(wanted, spoken):
    assert language_of(*wanted) == spoken
