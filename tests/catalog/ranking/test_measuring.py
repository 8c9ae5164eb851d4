import numpy as np
import pytest

from catalog.ranking import Histories, Popularity, measure
from catalog.ranking.measuring import ranks_of


class Told:
    """Gives the scores it was told."""

    name = "told"

    def __init__(self, scores):
        self.told = np.asarray(scores, dtype=np.float32)

    def scores(self, histories):
        return self.told.copy()


def test_ndcg_is_scikit_learns():
    from sklearn.metrics import ndcg_score

    rng = np.random.default_rng(5)
    scores = rng.random((50, 30)).astype(np.float32)
    following = rng.integers(0, 30, 50).astype(np.int32)
    histories = Histories.of([[]] * 50, item_count=30)
    found = measure(Told(scores), histories, following)
    relevant = np.eye(30)[following]
    assert found.ndcg == pytest.approx(ndcg_score(relevant, scores, k=10))
    best = np.argsort(-scores, axis=1)[:, :10]
    assert found.hit_rate == pytest.approx(
        np.mean([f in b for f, b in zip(following, best, strict=True)])
    )


def test_what_was_had_takes_no_place():
    histories = Histories.of([[0, 1]], item_count=4)
    scores = np.array([[0.9, 0.8, 0.7, 0.1]], dtype=np.float32)
    assert ranks_of(scores, histories, np.array([2], dtype=np.int32)).tolist() == [0]


def test_items_of_one_score_share_their_place():
    histories = Histories.of([[]], item_count=21)
    found = measure(Told(np.zeros((1, 21))), histories, np.array([0], dtype=np.int32))
    assert (found.hit_rate, found.ndcg) == (0, 0)


def test_measuring_in_parts_is_measuring_at_once(monkeypatch):
    rng = np.random.default_rng(5)
    histories = Histories.of(rng.integers(0, 9, (40, 3)).tolist(), item_count=9)
    known, following = histories.shortened(1)
    popularity = Popularity().fit(known)
    whole = measure(popularity, known, following, k=3)
    monkeypatch.setattr("catalog.ranking.measuring.SCORES_AT_ONCE", 70)
    assert measure(popularity, known, following, k=3) == whole
