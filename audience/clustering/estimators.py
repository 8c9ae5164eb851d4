"""The estimators by name. Pure."""

from __future__ import annotations

from audience.clustering.density import DenseClusters
from audience.clustering.features import ClusterEstimator
from audience.clustering.kmeans import ProfileClusters
from core.errors import InputRefused

KMEANS = "kmeans"
HDBSCAN = "hdbscan"
NAMES = (KMEANS, HDBSCAN)


def estimator_of(name: str, *, count: int | None, random_state: int) -> ClusterEstimator:
    """The estimator of that name.

    >>> type(estimator_of("hdbscan", count=None, random_state=0)).__name__
    'DenseClusters'

    Raises:
        InputRefused: The name is unknown, or the estimator chooses the count itself.
    """
    if name == KMEANS:
        return ProfileClusters(count=count, random_state=random_state)
    if name != HDBSCAN:
        raise InputRefused(
            f"estimator: {name!r} is none; choose {' or '.join(NAMES)}", field="estimator"
        )
    if count is not None:
        raise InputRefused(
            "count: HDBSCAN finds as many groups as there are; leave the count empty, "
            "or choose k-means",
            field="count",
        )
    return DenseClusters(random_state=random_state)
