"""k-means over profiles, with a number of clusters that another seed would find again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audience.one_thread import one_thread

COUNTS = range(4, 11)
LEAST_PROFILES = 20
# Text vectors hold much that no cluster rests on; k-means finds steadier groups in their main
# directions.
DIRECTIONS = 20
CATEGORIES = 30
# What people buy counts beside what they say, without drowning it.
CATEGORY_WEIGHT = 0.25
SAMPLE = 4_000
SILHOUETTE_SAMPLE = 2_000
SEEDS = 5
# Fewer starts, and what looks unsteady is often only a bad start.
STARTS = 12
STEADY = 0.8
# Silhouettes of neighbouring counts differ by chance; of such equals, more groups say more.
ABOUT_AS_GOOD = 0.95


class TooFewProfiles(ValueError):
    """There are fewer profiles than clusters can rest on."""


class ProfileClusters:
    """k-means on profile vectors joined with category shares.

    Attributes after `fit`:
        labels_: Cluster of each profile, 0 the largest.
        centroids_: Mean direction of each cluster's vectors, unit length, shape (clusters, size).
        silhouette_: How well apart the clusters are (-1 to 1), on a sample.
        stability_: Mean adjusted Rand index between the labels of five seeds, on a sample; 1 is
            the same every time (Hubert and Arabie, 1985).

    >>> noise = np.random.default_rng(0).normal(0, 0.01, (40, 4))
    >>> profiles = (np.repeat(np.eye(4), 10, axis=0) + noise).astype(np.float32)
    >>> found = ProfileClusters(count=4, random_state=1).fit(profiles, [{}] * 40)
    >>> sorted(np.bincount(found.labels_).tolist()), found.stability_
    ([10, 10, 10, 10], 1.0)
    """

    labels_: NDArray[np.intp]
    centroids_: NDArray[np.float32]
    silhouette_: float
    stability_: float

    def __init__(self, *, count: int | None = None, random_state: int = 0) -> None:
        """`count` None: of 4 to 10, the steady number whose clusters are best apart."""
        self.count = count
        self.random_state = random_state

    def fit(
        self, vectors: NDArray[np.float32], categories: Sequence[Mapping[str, float]]
    ) -> ProfileClusters:
        """Find the clusters.

        Args:
            vectors: Unit vectors, shape (profiles, size).
            categories: Share per category of each profile; empty where none is known.

        Raises:
            TooFewProfiles: Fewer than 20 different profiles, or fewer than clusters wanted.
        """
        distinct = len(np.unique(vectors, axis=0)) if len(vectors) < SAMPLE else len(vectors)
        if distinct < max(LEAST_PROFILES, self.count or 0):
            raise TooFewProfiles(f"{distinct} different profiles are too few to form clusters")
        with one_thread():
            return self._fit(vectors, categories)

    def _fit(
        self, vectors: NDArray[np.float32], categories: Sequence[Mapping[str, float]]
    ) -> ProfileClusters:
        rng = np.random.default_rng(self.random_state)
        features = _features(vectors, categories, random_state=self.random_state)
        sample = _drawn(features, SAMPLE, rng)
        counts = [self.count] if self.count else _possible_counts(len(sample))
        trials = [_Trial(sample, count, random_state=self.random_state) for count in counts]
        best = _best(trials)
        self.silhouette_, self.stability_ = best.silhouette, best.stability
        labels = _k_means(best.count, self.random_state).fit_predict(features)
        self.labels_ = _largest_first(labels)
        self.centroids_ = _mean_directions(vectors, self.labels_)
        return self


class _Trial:
    """One number of clusters, tried with several seeds on a sample."""

    def __init__(self, sample: NDArray[np.float64], count: int, *, random_state: int) -> None:
        from sklearn.metrics import adjusted_rand_score, silhouette_score

        self.count = count
        runs = [_k_means(count, random_state + seed).fit_predict(sample) for seed in range(SEEDS)]
        pairs = [adjusted_rand_score(one, other) for one, other in combinations(runs, 2)]
        self.stability = float(np.mean(pairs))
        part = slice(SILHOUETTE_SAMPLE)
        self.silhouette = float(silhouette_score(sample[part], runs[0][part]))


def _best(trials: Sequence[_Trial]) -> _Trial:
    """Of the steady trials about as well apart as the best of them, the one that parts finest."""
    steady = [trial for trial in trials if trial.stability >= STEADY]
    if not steady:
        return max(trials, key=lambda trial: trial.stability)
    bar = ABOUT_AS_GOOD * max(trial.silhouette for trial in steady)
    return max(
        (trial for trial in steady if trial.silhouette >= bar), key=lambda trial: trial.count
    )


def _possible_counts(profiles: int) -> list[int]:
    return [count for count in COUNTS if count * 5 <= profiles] or [COUNTS[0]]


def _k_means(count: int, random_state: int) -> Any:
    from sklearn.cluster import KMeans

    return KMeans(count, n_init=STARTS, random_state=random_state)


def _features(
    vectors: NDArray[np.float32], categories: Sequence[Mapping[str, float]], *, random_state: int
) -> NDArray[np.float64]:
    from sklearn.decomposition import PCA

    directions = min(DIRECTIONS, *vectors.shape)
    reduced = PCA(directions, svd_solver="randomized", random_state=random_state).fit_transform(
        vectors.astype(float)
    )
    return np.hstack([reduced, CATEGORY_WEIGHT * _category_columns(categories)])


def _category_columns(categories: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
    totals: Counter[str] = Counter()
    for shares in categories:
        totals.update(shares)
    names = sorted(totals, key=lambda name: (-totals[name], name))[:CATEGORIES]
    columns = np.zeros((len(categories), len(names)))
    for column, name in enumerate(names):
        columns[:, column] = [shares.get(name, 0.0) for shares in categories]
    return columns


def _drawn(rows: NDArray[np.float64], size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    return rows[rng.permutation(len(rows))[:size]]


def _largest_first(labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """The same clusters numbered by size, so that a seed's own numbering never shows."""
    _, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), dtype=np.intp)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return rank[inverse]


def _mean_directions(vectors: NDArray[np.float32], labels: NDArray[np.intp]) -> NDArray[np.float32]:
    means = np.stack([vectors[labels == label].mean(0) for label in range(labels.max() + 1)])
    lengths = np.linalg.norm(means, axis=1, keepdims=True).clip(min=1e-12)
    return (means / lengths).astype(np.float32)
