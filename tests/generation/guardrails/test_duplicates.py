from __future__ import annotations

from generation.guardrails import is_near_duplicate
from tests.factories.generation import copy


def test_a_copy_is_its_own_duplicate():
    assert is_near_duplicate(copy(), copy())


def test_case_and_punctuation_make_no_difference():
    assert is_near_duplicate(copy(), copy(body=copy().body.upper().replace(".", "!")))


def test_other_words_make_a_difference():
    assert not is_near_duplicate(copy(), copy(body="Something else altogether: {{ url }}"))


def test_another_figure_makes_a_difference_however_alike_the_words():
    one = copy(body=copy().body + " 20% off")
    assert not is_near_duplicate(one, copy(body=copy().body + " 25% off"))


def test_empty_copies_are_alike():
    empty = copy(subject="", preheader="", body="", call_to_action="")
    assert is_near_duplicate(empty, empty)
