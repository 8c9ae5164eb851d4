"""The hundred labelled sentences, and how what is found in them is counted."""

import pytest

from audience.aspects import Lexicon
from audience.evaluation.aspects import (
    SENTENCES,
    Labelled,
    aspects_section,
    count_found,
    read_labelled,
)
from audience.word_lists import ASPECTS
from inference.encoders import text_encoder


def always(labelled, sentiment):
    """The same opinion of everything that a sentence names."""
    lexicon = Lexicon()
    return [
        dict.fromkeys((m.aspect for m in lexicon.mentions(one.text)), sentiment) for one in labelled
    ]


def test_a_hundred_sentences_are_labelled_with_known_aspects():
    labelled = read_labelled(SENTENCES)

    assert len(labelled) == len({one.text for one in labelled}) == 100
    assert {aspect for one in labelled for aspect in one.says} == set(ASPECTS)
    assert sum(not one.says for one in labelled) == 10


def test_what_is_found_is_counted_against_the_labels():
    labelled = [
        Labelled("It runs small.", {"fit": False}),
        Labelled("Fast delivery.", {"delivery": True, "service": True}),
        Labelled("Way overpriced.", {}),
    ]

    counted = count_found(labelled, always(labelled, 0.5))

    # Fit and delivery are found and meant, price is found and not meant, service is missed.
    assert (counted.right, counted.found, counted.meant, counted.agreed) == (2, 3, 3, 1)


def test_opinions_are_found_and_judged_far_better_than_by_a_coin():
    section = aspects_section(text_encoder())
    found = {one.name.partition(":")[0]: one.value for one in section.figures}

    assert found["precision"] > 0.8
    assert found["recall"] > 0.65
    assert found["mood right, of those found and meant"] > 0.75
    assert section.how.startswith("100 sentences")


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_judge_that_always_says_the_same_is_right_by_the_labels_share(sign):
    labelled = [one for one in read_labelled(SENTENCES) if one.says]

    counted = count_found(labelled, always(labelled, sign))

    assert 0.35 < counted.agreed / counted.right < 0.65
