import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from audience.clustering.kmeans import ProfileClusters, TooFewProfiles


def groups(count, *, size=40, spread=0.25, seed=5):
    """Unit vectors in so many groups, and which group each is from."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(count), size)
    vectors = np.eye(32)[truth] + rng.normal(0, spread / np.sqrt(32), (len(truth), 32))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), truth


def test_finds_the_groups_there_are():
    vectors, truth = groups(5)

    found = ProfileClusters(random_state=1).fit(vectors, [{}] * len(vectors))

    assert adjusted_rand_score(truth, found.labels_) == pytest.approx(1)
    assert found.stability_ == pytest.approx(1)


def test_the_same_random_state_finds_the_same_clusters():
    vectors, _ = groups(5, spread=2)
    one, other = (
        ProfileClusters(random_state=9).fit(vectors, [{}] * len(vectors)) for _ in range(2)
    )

    assert one.labels_.tolist() == other.labels_.tolist()
    assert (one.silhouette_, one.stability_) == (other.silhouette_, other.stability_)


def test_a_given_count_is_kept():
    vectors, _ = groups(5)

    found = ProfileClusters(count=3, random_state=1).fit(vectors, [{}] * len(vectors))

    assert len(found.centroids_) == 3


def test_largest_cluster_comes_first():
    vectors, _ = groups(4, spread=3)

    sizes = np.bincount(
        ProfileClusters(count=6, random_state=2).fit(vectors, [{}] * len(vectors)).labels_
    )

    assert sizes.tolist() == sorted(sizes, reverse=True)


def test_centroids_are_the_mean_directions_of_their_members():
    vectors, _ = groups(4)

    found = ProfileClusters(count=4, random_state=1).fit(vectors, [{}] * len(vectors))

    mean = vectors[found.labels_ == 2].mean(0)
    assert found.centroids_[2] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


def test_categories_part_profiles_whose_words_do_not():
    vectors, _ = groups(1, size=80, spread=0.05)
    categories = [{"Dresses": 1.0}] * 40 + [{"Jeans": 1.0}] * 40

    found = ProfileClusters(count=2, random_state=1).fit(vectors, categories)

    assert len(set(found.labels_[:40])) == 1
    assert found.labels_[0] != found.labels_[40]


def test_profiles_that_are_all_the_same_form_no_clusters():
    vectors = np.repeat(np.eye(1, 8, dtype=np.float32), 30, axis=0)

    with pytest.raises(TooFewProfiles, match="1 different profiles"):
        ProfileClusters(count=2, random_state=1).fit(vectors, [{}] * 30)


def test_too_few_profiles_are_refused():
    vectors, _ = groups(1, size=10)

    with pytest.raises(TooFewProfiles, match="10 different profiles are too few"):
        ProfileClusters(random_state=1).fit(vectors, [{}] * 10)


def test_where_no_larger_number_is_steady_a_smaller_one_is_found():
    vectors, truth = groups(2, size=150, spread=0.9)

    found = ProfileClusters(random_state=1).fit(vectors, [{}] * len(vectors))

    assert len(found.centroids_) == 2
    assert found.stability_ >= 0.8
    assert adjusted_rand_score(truth, found.labels_) > 0.9
