"""Every language says everything, with the same blanks, and none says it in English."""

from __future__ import annotations

import string

import pytest

from assistant.understanding.speaking import DEFAULT, LANGUAGES, asked_back, language_of, words_of

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
    for part, sentences in words_of(DEFAULT).items():
        assert list(ours[part]) == list(sentences)
        for name, text in sentences.items():
            assert blanks(ours[part][name]) == blanks(text), f"{language}: {part}.{name}"
            assert ours[part][name] == ours[part][name].strip() != ""


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_was_left_in_english(language):
    for part in ("said", "chat"):
        alike = [
            n for n, text in words_of(DEFAULT)[part].items() if words_of(language)[part][n] == text
        ]
        assert len(alike) <= MAY_BE_ALIKE, alike
        assert all(len(words_of(DEFAULT)[part][name]) < 30 for name in alike), alike


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_names_each_of_them(language):
    assert set(words_of(language)["languages"]) == set(LANGUAGES)


def test_a_question_back_is_quoted_as_the_language_quotes():
    assert asked_back(["Alma", "Bella"], "fr") == "Voulez-vous dire « Alma » ou « Bella » ?"


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
