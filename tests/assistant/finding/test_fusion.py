"""Words and meaning as one score, and no passage twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.finding.fusion import Candidates, best_first, fused, without_repeats


def candidates(dense, lexical, is_answer=None):
    count = len(dense)
    return Candidates(
        np.arange(10, 10 + count),
        np.array(dense, dtype=float),
        np.array(lexical, dtype=float),
        np.array(is_answer or [False] * count),
    )


def test_without_weight_meaning_decides_and_with_all_of_it_words_do():
    found = candidates([0.9, 0.1, 0.5], [0.0, 4.0, 2.0])
    assert fused(found, answers=0, pages=0).tolist() == [1.0, 0.0, 0.5]
    assert fused(found, answers=1, pages=1).tolist() == [0.0, 1.0, 0.5]


def test_answers_and_pages_have_weights_of_their_own():
    found = candidates([0.9, 0.1], [0.0, 4.0], [True, False])
    assert fused(found, answers=0.25, pages=0.5).tolist() == [0.75, 0.5]


def test_words_count_by_the_share_of_the_question_they_bring():
    """Of two pages alike in meaning and words, few of the question's words move little."""
    few = replace(candidates([0.9, 0.1], [0.0, 4.0]), reach=16.0)
    many = replace(few, reach=5.0)
    assert fused(few, answers=0, pages=0.5).tolist() == [0.5, 0.125]
    assert fused(many, answers=0, pages=0.6).tolist() == pytest.approx([0.4, 0.48])


@pytest.mark.parametrize("lexical", [[0.0, 0.0], [3.0, 3.0]])
def test_words_that_tell_nothing_apart_change_no_order(lexical):
    found = candidates([0.2, 0.4], lexical)
    assert best_first(fused(found, answers=0.3, pages=0.3), found.ids).tolist() == [1, 0]


def test_nothing_found_is_no_error():
    assert fused(candidates([], []), answers=0.1, pages=0.5).size == 0


def test_of_two_alike_the_earlier_chunk_stands_first():
    assert best_first(np.array([0.5, 0.5]), np.array([9, 3])).tolist() == [1, 0]


def test_a_limit_counts_what_is_kept():
    bodies = ["one two three", "one two three!", "four five", "six"]
    assert without_repeats(bodies, limit=2) == [0, 2]
