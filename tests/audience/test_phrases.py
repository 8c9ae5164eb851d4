import math

import pytest

from audience.phrases import Background, distinctive_phrases, phrases, singular, without_overlap
from audience.phrases import WeightedPhrase as Weighted


def test_phrases_name_things():
    found = phrases(
        "This lovely dress has a wide leg? No: soft fabric, and I totally adore pockets."
    )

    assert found == [
        "dress",
        "wide leg",
        "soft fabric",
        "pocket",
    ]


def test_a_phrase_does_not_run_over_punctuation_or_fillers():
    assert phrases("sweater, jacket and coat") == ["sweater", "jacket", "coat"]


def test_placeholders_are_no_words():
    assert phrases("wool [phone] [email] coat") == ["wool", "coat"]


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("dresses", "dress"),
        ("berries", "berry"),
        ("boxes", "box"),
        ("sweaters", "sweater"),
        ("jean", "jeans"),
        ("pants", "pants"),
        ("dress", "dress"),
        ("canvas", "canvas"),
    ],
)
def test_plurals_count_with_their_singular(word, one):
    assert singular(word) == one


def test_weight_is_class_based_tf_idf():
    background = Background.of([["wool"], ["wool"], ["silk"], ["linen"]])

    [silk, wool] = distinctive_phrases([["silk"], ["wool"]], background, limit=5)

    assert (silk.phrase, wool.phrase) == ("silk", "wool")
    assert silk.weight == pytest.approx(0.5 * math.log(1 + 4 / 1))
    assert wool.weight == pytest.approx(0.5 * math.log(1 + 4 / 2))


def test_a_text_that_repeats_itself_counts_once():
    background = Background.of([["wool"] * 9, ["silk"]])

    [first, second] = distinctive_phrases([["wool"] * 9, ["silk"]], background, limit=2)

    assert first.weight == second.weight


def test_a_phrase_nobody_else_uses_is_left_out():
    background = Background.of([["wool", "xyzzy"], ["wool"], ["wool"]])

    found = distinctive_phrases([["wool", "xyzzy"]], background, limit=5, least_texts=2)

    assert [one.phrase for one in found] == ["wool"]


def test_no_texts_have_no_distinctive_phrases():
    assert distinctive_phrases([], Background.of([["wool"]]), limit=3) == []


def test_a_phrase_inside_a_stronger_one_is_left_out():
    ranked = [Weighted("petite fit", 3, 1), Weighted("petite size", 2, 1), Weighted("wool", 1, 1)]

    assert [one.phrase for one in without_overlap(ranked, limit=5)] == ["petite fit", "wool"]
