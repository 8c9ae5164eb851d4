"""Ranks, mean average precision and a weight that is not judged on what it was tuned on."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import label_ranking_average_precision_score

from assistant.finding.fusion import Candidates
from assistant.finding.judging import (
    Asked,
    Weighing,
    by_meaning,
    by_words,
    precisions,
    quality,
    rank_of_wanted,
)


def asked(dense, lexical, groups, wanted):
    count = len(dense)
    found = Candidates(
        np.arange(count), np.array(dense), np.array(lexical), np.zeros(count, dtype=bool)
    )
    return Asked(found, np.array(groups), wanted)


def random_questions(count, rng):
    return [asked(rng.random(30), rng.random(30), rng.permutation(30), 7) for _ in range(count)]


def test_the_figures_are_those_of_scikit_learn_where_each_group_is_one_chunk():
    questions = random_questions(200, np.random.default_rng(4))
    scores = np.stack([one.found.dense for one in questions])
    wanted = np.stack([one.groups == one.wanted for one in questions])
    expected = label_ranking_average_precision_score(wanted, scores)
    assert quality(precisions(questions, by_meaning)).mean_average_precision == pytest.approx(
        expected, rel=1e-12
    )


def test_a_group_stands_where_its_best_chunk_does():
    question = asked([0.9, 0.8, 0.7, 0.6], [0.0] * 4, [1, 1, 2, 3], wanted=3)
    assert rank_of_wanted(question, question.found.dense) == 3


def test_what_was_not_found_counts_nothing():
    question = asked([0.9], [0.0], [1], wanted=2)
    assert precisions([question], by_meaning).tolist() == [0.0]


def test_the_weight_follows_what_the_questions_say():
    meaning = [asked([0.9, 0.1], [0.1, 0.9], [5, 6], wanted=5) for _ in range(3)]
    words = [asked([0.9, 0.1], [0.1, 0.9], [5, 6], wanted=6) for _ in range(3)]
    assert Weighing.of(meaning).best() == 0
    assert Weighing.of(words).best() > 0.4
    assert precisions(words, by_words).tolist() == [1.0] * 3


def test_a_tuned_weight_of_noise_is_no_better_on_what_it_has_not_seen():
    rng = np.random.default_rng(1)
    questions = [
        asked(rng.random(10), rng.random(10), rng.permutation(10), number)
        for number in np.arange(10).repeat(20)
    ]
    tried = Weighing.of(questions)
    assert tried.held_out(rng=rng).mean() < tried.found.mean(axis=1).max()


def test_no_questions_are_no_figure():
    with pytest.raises(ValueError, match="no questions"):
        quality(precisions([], by_meaning))
