"""What both estimators see of a profile, and what both say of the clusters they found. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LEAST_PROFILES = 20
CATEGORIES = 30
# What people buy counts beside what they say, without drowning it.
CATEGORY_WEIGHT = 0.25
SAMPLE = 4_000
SILHOUETTE_SAMPLE = 2_000
LOOSE = -1

Shares = Sequence[Mapping[str, float]]
Progress = Callable[[float], None]


class TooFewProfiles(ValueError):
    """There are fewer profiles than clusters can rest on, or no groups among them."""


class ClusterEstimator(Protocol):
    """Finds clusters among profiles.

    Attributes after `fit`:
        labels_: Cluster of each profile, 0 the largest; -1 is in no cluster. Shape (profiles,).
        centroids_: Mean direction of each cluster's vectors, unit length, shape (clusters, size).
        least_cosines_: The cosine to its centroid that a newcomer must reach to be in a cluster,
            one for each; None where the nearest cluster always takes them.
        silhouette_: How well apart the clusters are (-1 to 1), on a sample.
        stability_: Mean adjusted Rand index between fits that should agree; 1 is the same always.
    """

    labels_: NDArray[np.intp]
    centroids_: NDArray[np.float32]
    least_cosines_: list[float] | None
    silhouette_: float
    stability_: float
    random_state: int

    def fit(
        self,
        vectors: NDArray[np.float32],
        categories: Shares,
        *,
        progress: Progress = ...,
    ) -> ClusterEstimator:
        """Find the clusters of unit vectors, shape (profiles, size), and their category shares.

        `progress` hears which part of the work is done, from 0 to 1; what it raises ends the fit.

        Raises:
            TooFewProfiles: There are too few different profiles.
        """


def silent(_share: float) -> None:
    """Progress that nobody asked for."""


def need_profiles(vectors: NDArray[np.float32], *, least: int) -> None:
    """Refuse where too few profiles differ; of thousands, enough do.

    Raises:
        TooFewProfiles: Fewer than 20 different ones, or than `least`.
    """
    distinct = len(np.unique(vectors, axis=0)) if len(vectors) < SAMPLE else len(vectors)
    if distinct < max(LEAST_PROFILES, least):
        raise TooFewProfiles(f"{distinct} different profiles are too few to form clusters")


def features_of(
    vectors: NDArray[np.float32], categories: Shares, *, directions: int, random_state: int
) -> NDArray[np.float64]:
    """The vectors' main directions beside the weighted shares of the 30 commonest categories.

    Returns:
        Shape (profiles, directions + categories).
    """
    from sklearn.decomposition import PCA

    kept = min(directions, *vectors.shape)
    reduced = PCA(kept, svd_solver="randomized", random_state=random_state).fit_transform(
        vectors.astype(float)
    )
    return np.hstack([reduced, CATEGORY_WEIGHT * _category_columns(categories)])


def _category_columns(categories: Shares) -> NDArray[np.float64]:
    totals: Counter[str] = Counter()
    for shares in categories:
        totals.update(shares)
    names = sorted(totals, key=lambda name: (-totals[name], name))[:CATEGORIES]
    columns = np.zeros((len(categories), len(names)))
    for column, name in enumerate(names):
        columns[:, column] = [shares.get(name, 0.0) for shares in categories]
    return columns


def drawn(total: int, size: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Positions of at most `size` rows out of `total`, in random order."""
    return rng.permutation(total)[:size]


def largest_first(labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """The same clusters numbered by size, so that a seed's own numbering never shows.

    >>> largest_first(np.array([7, 3, 3, -1])).tolist()
    [1, 0, 0, -1]
    """
    ranked = np.full(len(labels), LOOSE, dtype=np.intp)
    inside = labels != LOOSE
    _, first, inverse, sizes = np.unique(
        labels[inside], return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), dtype=np.intp)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    ranked[inside] = rank[inverse]
    return ranked


def mean_directions(vectors: NDArray[np.float32], labels: NDArray[np.intp]) -> NDArray[np.float32]:
    """Mean of each cluster's vectors at unit length, shape (clusters, size)."""
    means = np.stack([vectors[labels == label].mean(0) for label in range(labels.max() + 1)])
    lengths = np.linalg.norm(means, axis=1, keepdims=True).clip(min=1e-12)
    return (means / lengths).astype(np.float32)
