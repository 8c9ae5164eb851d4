"""The chosen are good, and not the same text three times."""

import numpy as np

from generation.ranking.diversity import pick_diverse


def test_the_best_score_comes_first():
    assert pick_diverse([0.1, 0.3, 0.2], np.eye(3), wanted=1) == [1]


def test_a_twin_of_the_best_makes_way_for_something_else():
    alike = np.array([[1, 0.99, 0.1], [0.99, 1, 0.1], [0.1, 0.1, 1]])
    assert pick_diverse([0.30, 0.29, 0.20], alike, wanted=2) == [0, 2]


def test_what_is_equally_different_is_chosen_by_score():
    assert pick_diverse([0.1, 0.3, 0.2], np.eye(3), wanted=3) == [1, 2, 0]


def test_fewer_candidates_than_wanted_are_all_kept():
    assert sorted(pick_diverse([0.1, 0.2], np.eye(2), wanted=5)) == [0, 1]


def test_the_choice_follows_the_texts_whatever_their_order():
    scores = np.array([0.3, 0.29, 0.2, 0.1])
    alike = np.array([[1, 0.9, 0, 0.5], [0.9, 1, 0, 0.1], [0, 0, 1, 0.2], [0.5, 0.1, 0.2, 1]])
    order = np.array([2, 0, 3, 1])
    shuffled = pick_diverse(scores[order], alike[np.ix_(order, order)], wanted=2)
    assert [int(order[place]) for place in shuffled] == pick_diverse(scores, alike, wanted=2)
