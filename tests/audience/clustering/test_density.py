import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from audience.clustering.density import DenseClusters
from audience.clustering.estimators import estimator_of
from audience.clustering.features import SAMPLE, TooFewProfiles
from core.errors import InputRefused
from tests.audience.clustering.test_kmeans import groups


def with_strays(vectors, count, *, seed=3):
    """Beside them some who lie between the groups, far from one another."""
    rng = np.random.default_rng(seed)
    strays = np.zeros((count, vectors.shape[1]))
    strays[:, :4] = rng.normal(size=(count, 4))
    strays /= np.linalg.norm(strays, axis=1, keepdims=True)
    return np.vstack([vectors, strays]).astype(np.float32)


def test_finds_the_groups_there_are_and_leaves_strays_in_none():
    vectors, truth = groups(4, size=60)
    found = DenseClusters(random_state=1).fit(with_strays(vectors, 20), [{}] * 260)
    assert adjusted_rand_score(truth, found.labels_[:240]) > 0.95
    assert (found.labels_[240:] == -1).sum() > 5
    assert found.stability_ > 0.8
    assert found.silhouette_ > 0.5


def test_each_cluster_says_how_like_it_a_newcomer_must_be():
    vectors, _ = groups(4, size=60)
    found = DenseClusters(random_state=1).fit(vectors, [{}] * 240)
    for label, least in enumerate(found.least_cosines_):
        own = vectors[found.labels_ == label] @ found.centroids_[label]
        assert 0.9 <= (own >= least).mean() < 1


def test_the_same_random_state_finds_the_same():
    vectors, _ = groups(4, spread=0.6)
    one, other = (DenseClusters(random_state=4).fit(vectors, [{}] * 160) for _ in range(2))
    assert one.labels_.tolist() == other.labels_.tolist()
    assert one.stability_ == other.stability_


def test_more_than_the_sample_are_labelled_like_their_nearest():
    vectors, truth = groups(4, size=SAMPLE // 4 + 100, spread=0.2)
    found = DenseClusters(random_state=1).fit(vectors, [{}] * len(vectors))
    assert adjusted_rand_score(truth, found.labels_) > 0.95


def test_people_without_groups_are_refused_with_the_cure():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(60, 32)).astype(np.float32)
    with pytest.raises(TooFewProfiles, match="refit with k-means"):
        DenseClusters().fit(vectors, [{}] * 60)


def test_progress_rises_to_one():
    vectors, _ = groups(4, size=60)
    heard = []
    DenseClusters().fit(vectors, [{}] * 240, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1


def test_an_unknown_estimator_is_refused():
    with pytest.raises(InputRefused, match="kmeans or hdbscan"):
        estimator_of("ward", count=None, random_state=0)


def test_a_count_for_hdbscan_is_refused():
    with pytest.raises(InputRefused, match="leave the count empty"):
        estimator_of("hdbscan", count=4, random_state=0)
