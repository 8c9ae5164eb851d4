"""k-means over profiles, with a number of clusters that another seed would find again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audience.clustering.features import (
    SAMPLE,
    SILHOUETTE_SAMPLE,
    Progress,
    Shares,
    TooFewProfiles,
    drawn,
    features_of,
    largest_first,
    mean_directions,
    need_profiles,
    silent,
)
from audience.one_thread import one_thread

__all__ = ["ProfileClusters", "TooFewProfiles"]

COUNTS = range(4, 11)
# Fewer groups say less, and are asked for only where no larger number is steady.
FEW = (3, 2)
# Text vectors hold much that no cluster rests on; k-means finds steadier groups in their main
# directions.
DIRECTIONS = 20
SEEDS = 5
# Fewer starts, and what looks unsteady is often only a bad start.
STARTS = 12
STEADY = 0.8
# Silhouettes of neighbouring counts differ by chance; of such equals, more groups say more.
ABOUT_AS_GOOD = 0.95


class ProfileClusters:
    """k-means on profile vectors joined with category shares. Everybody is in a cluster.

    Attributes after `fit`: those of `ClusterEstimator`. `stability_` is the mean adjusted Rand
    index between the labels of five seeds, on a sample (Hubert and Arabie, 1985).

    >>> noise = np.random.default_rng(0).normal(0, 0.01, (40, 4))
    >>> profiles = (np.repeat(np.eye(4), 10, axis=0) + noise).astype(np.float32)
    >>> found = ProfileClusters(count=4, random_state=1).fit(profiles, [{}] * 40)
    >>> sorted(np.bincount(found.labels_).tolist()), found.stability_
    ([10, 10, 10, 10], 1.0)
    """

    labels_: NDArray[np.intp]
    centroids_: NDArray[np.float32]
    least_cosines_: list[float] | None
    silhouette_: float
    stability_: float

    def __init__(self, *, count: int | None = None, random_state: int = 0) -> None:
        """`count` None: of 4 to 10, the steady number whose clusters are best apart; 3 or 2 where
        none of these is steady.
        """
        self.count = count
        self.random_state = random_state

    def fit(
        self, vectors: NDArray[np.float32], categories: Shares, *, progress: Progress = silent
    ) -> ProfileClusters:
        """Find the clusters.

        Args:
            vectors: Unit vectors, shape (profiles, size).
            categories: Share per category of each profile; empty where none is known.
            progress: Hears which part of the work is done, from 0 to 1.

        Raises:
            TooFewProfiles: Fewer than 20 different profiles, or fewer than clusters wanted.
        """
        need_profiles(vectors, least=self.count or 0)
        with one_thread():
            return self._fit(vectors, categories, progress)

    def _fit(
        self, vectors: NDArray[np.float32], categories: Shares, progress: Progress
    ) -> ProfileClusters:
        rng = np.random.default_rng(self.random_state)
        features = features_of(
            vectors, categories, directions=DIRECTIONS, random_state=self.random_state
        )
        sample = features[drawn(len(features), SAMPLE, rng)]
        best = self._best_trial(sample, progress)
        self.silhouette_, self.stability_ = best.silhouette, best.stability
        labels = _k_means(best.count, self.random_state).fit_predict(features)
        self.labels_ = largest_first(labels.astype(np.intp))
        self.centroids_ = mean_directions(vectors, self.labels_)
        self.least_cosines_ = None
        return self

    def _best_trial(self, sample: NDArray[np.float64], progress: Progress) -> _Trial:
        counts = [self.count] if self.count else [*_possible_counts(len(sample)), *FEW]
        trials: list[_Trial] = []
        for number, count in enumerate(counts):
            progress(number / (len(counts) + 1))
            if self.count or count not in FEW or not any(one.is_steady for one in trials):
                trials.append(_Trial(sample, count, random_state=self.random_state))
        progress(len(counts) / (len(counts) + 1))
        return _best(trials)


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

    @property
    def is_steady(self) -> bool:
        return self.stability >= STEADY


def _best(trials: Sequence[_Trial]) -> _Trial:
    """Of the steady trials about as well apart as the best of them, the one that parts finest."""
    steady = [trial for trial in trials if trial.is_steady]
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
