"""HDBSCAN over profiles: groups where people are dense, and people who are in none."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audience.clustering.features import (
    LOOSE,
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

# Distances say little in many dimensions, and density is made of distances.
DIRECTIONS = 5
LEAST_SIZE = 5
# A group of fewer people than this is not worth a text of its own.
LEAST_SHARE = 0.02
NEIGHBOURS = 5
REFITS = 5
KEPT = 0.8
# Nineteen of twenty members are at least this much like their cluster's centroid.
MEMBER_QUANTILE = 0.05


class DenseClusters:
    """HDBSCAN (Campello, Moulavi and Sander, 2013) on profile vectors joined with categories.

    Attributes after `fit`: those of `ClusterEstimator`. -1 in `labels_` is nobody's group.
    `stability_` is the mean adjusted Rand index between fits of overlapping subsamples of four
    fifths, on the profiles that both hold; being in no group counts as a label.

    >>> noise = np.random.default_rng(0).normal(0, 0.01, (81, 4))
    >>> profiles = (np.repeat(np.eye(4), 20, axis=0) + noise[:80]).astype(np.float32)
    >>> profiles = np.vstack([profiles, np.full((1, 4), -0.5, dtype=np.float32)])
    >>> found = DenseClusters(random_state=1).fit(profiles, [{}] * 81)
    >>> np.bincount(found.labels_ + 1).tolist(), int(found.labels_[80])
    ([1, 20, 20, 20, 20], -1)
    """

    labels_: NDArray[np.intp]
    centroids_: NDArray[np.float32]
    least_cosines_: list[float] | None
    silhouette_: float
    stability_: float

    def __init__(self, *, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(
        self, vectors: NDArray[np.float32], categories: Shares, *, progress: Progress = silent
    ) -> DenseClusters:
        """Find the clusters.

        Args:
            vectors: Unit vectors, shape (profiles, size).
            categories: Share per category of each profile; empty where none is known.
            progress: Hears which part of the work is done, from 0 to 1.

        Raises:
            TooFewProfiles: Fewer than 20 different profiles, or nowhere two dense groups.
        """
        need_profiles(vectors, least=0)
        with one_thread():
            return self._fit(vectors, categories, progress)

    def _fit(
        self, vectors: NDArray[np.float32], categories: Shares, progress: Progress
    ) -> DenseClusters:
        rng = np.random.default_rng(self.random_state)
        features = features_of(
            vectors, categories, directions=DIRECTIONS, random_state=self.random_state
        )
        sample = features[drawn(len(features), SAMPLE, rng)]
        labels = _dense(sample)
        if labels.max() < 1:
            raise TooFewProfiles("HDBSCAN finds no two dense groups here: refit with k-means")
        progress(1 / (REFITS + 1))
        self.stability_ = _stability(sample, rng, progress)
        self.silhouette_ = _silhouette(sample, labels)
        self.labels_ = largest_first(_like_nearest(features, sample, labels))
        self.centroids_ = mean_directions(vectors, self.labels_)
        self.least_cosines_ = [
            float(np.quantile(vectors[self.labels_ == label] @ centroid, MEMBER_QUANTILE))
            for label, centroid in enumerate(self.centroids_)
        ]
        return self


def _dense(rows: NDArray[np.float64]) -> NDArray[np.intp]:
    from sklearn.cluster import HDBSCAN

    found: Any = HDBSCAN(
        min_cluster_size=max(LEAST_SIZE, round(LEAST_SHARE * len(rows))),
        min_samples=NEIGHBOURS,
        copy=True,
    )
    return np.asarray(found.fit_predict(rows), dtype=np.intp)


def _stability(sample: NDArray[np.float64], rng: np.random.Generator, progress: Progress) -> float:
    from sklearn.metrics import adjusted_rand_score

    runs = []
    for refit in range(REFITS):
        kept = np.sort(drawn(len(sample), int(KEPT * len(sample)), rng))
        labels = np.full(len(sample), LOOSE - 1)
        labels[kept] = _dense(sample[kept])
        runs.append(labels)
        progress((refit + 2) / (REFITS + 1))
    scores = []
    for one, other in pairwise([*runs, runs[0]]):
        both = (one >= LOOSE) & (other >= LOOSE)
        scores.append(adjusted_rand_score(one[both], other[both]))
    return float(np.mean(scores))


def _silhouette(sample: NDArray[np.float64], labels: NDArray[np.intp]) -> float:
    from sklearn.metrics import silhouette_score

    inside = np.flatnonzero(labels != LOOSE)[:SILHOUETTE_SAMPLE]
    return float(silhouette_score(sample[inside], labels[inside]))


def _like_nearest(
    rows: NDArray[np.float64], sample: NDArray[np.float64], labels: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Everybody's label: that of the nearest profile of the sample, no group included."""
    from sklearn.neighbors import KNeighborsClassifier

    nearest: Any = KNeighborsClassifier(1).fit(sample, labels)
    return np.asarray(nearest.predict(rows), dtype=np.intp)
