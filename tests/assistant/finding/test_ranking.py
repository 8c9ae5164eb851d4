"""The ranking model: beside scikit-learn's, and what its features say."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from assistant.finding.fusion import Candidates
from assistant.finding.ranking import FEATURES, Memory, features, fitted, worth


def test_it_is_the_ridge_regression_of_scikit_learn():
    rng = np.random.default_rng(6)
    rows = rng.standard_normal((300, len(FEATURES))) * [1, 2, 3, 1, 5, 1, 1] + 4
    is_good = rng.random(300) < 1 / (1 + np.exp(-(rows[:, 0] - 0.4 * rows[:, 4] + 1)))
    ours = fitted(rows, is_good)
    plain = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(plain, is_good)
    assert ours.weights == pytest.approx(theirs.coef_[0], abs=1e-5)
    assert ours.bias == pytest.approx(theirs.intercept_[0], abs=1e-5)
    assert ours.scores(rows) == pytest.approx(theirs.predict_proba(plain)[:, 1], abs=1e-5)


def test_one_kind_of_opinion_teaches_nothing():
    with pytest.raises(ValueError, match="helped"):
        fitted(np.zeros((3, len(FEATURES))), np.array([True, True, True]))


def test_votes_count_by_how_near_their_question_is():
    found = Candidates(np.array([4, 9]), np.array([0.5, 0.4]), np.zeros(2), np.array([True, False]))
    asked = np.array([1, 0, 0], dtype=np.float32)
    memory = Memory(
        np.array([[1, 0, 0], [0.8, 0.6, 0], [0.5, 0, 0.866], [1, 0, 0]], dtype=np.float32),
        np.array([9, 9, 9, 7]),
        np.array([1, 1, -1, 1], dtype=np.float32),
        np.zeros((4, 16), np.uint8),
    )
    rows = features(found, np.array([1.0, 0.2]), np.array([0.0, 3.0]), asked, memory)
    by_name = dict(zip(FEATURES, rows.T, strict=True))
    # Of three votes on chunk 9 two are near: a whole one, and (.8 - .6) / .4 of one.
    assert by_name["helped"] == pytest.approx([0, np.log(2.5)])
    assert by_name["disappointed"].tolist() == [0, 0]
    assert by_name["age"] == pytest.approx([0, np.log(4)])


def test_without_candidates_or_votes_there_is_nothing_to_say():
    nothing = Candidates(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0, bool))
    rows = features(nothing, np.empty(0), np.empty(0), np.ones(3, np.float32), Memory.empty(3))
    assert rows.shape == (0, len(FEATURES))


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [({9}, set(), 1 / 3), (set(), {9}, 2 / 3), ({5}, set(), 0.0), (set(), {5}, 1.0)],
)
def test_what_an_order_is_worth(good, bad, expected):
    order = [7, 8, 9]
    assert worth(order, good=frozenset(good), bad=frozenset(bad)) == pytest.approx(expected)
