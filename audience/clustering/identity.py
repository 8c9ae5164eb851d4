"""Which cluster of a new fit is which group of before. Pure.

Two things make a cluster the same group: its people, and what they write about. For a new cluster
c and an old group g, of the people in both fits,

    overlap(c, g) = |c and g| / |c or g|                              (Jaccard, 1901)
    likeness(c, g) = (overlap(c, g) + max(0, cos(c - m, g - m))) / 2

where cos is taken between centroids less their common mean m, since all texts of a shop point much
the same way. The best one-to-one match over all pairs (Kuhn, 1955) is taken, and of it only pairs
alike enough. A group whose people are not known (nobody of it is there any more) is judged by its
words alone, and must be alike more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAME_GROUP = 0.5
# Words alone cannot tell two groups with like interests from one, so they must be nearly the same.
SAME_WORDS = 0.9


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group as it was last found.

    Attributes:
        key: What the caller knows it by.
        centroid: Mean direction of its people's texts, shape (size,).
        members: Ids of its people; empty where they are not known any more.
    """

    key: int
    centroid: NDArray[np.float32]
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class FoundCluster:
    """A cluster of the new fit: its centroid, shape (size,), and the ids of its people."""

    centroid: NDArray[np.float32]
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class Kinship:
    """What a new cluster is to the groups of before.

    Attributes:
        same_as: Key of the group it is; None for a new one.
        came_from: For a new one, key of the group most of its people were in; None where most
            were in none.
    """

    same_as: int | None
    came_from: int | None


def kinships(found: Sequence[FoundCluster], known: Sequence[KnownGroup]) -> list[Kinship]:
    """What each cluster of a new fit is to the groups of before; no group is matched twice.

    >>> wool, linen = np.eye(2, dtype=np.float32)
    >>> before = [KnownGroup(7, wool, frozenset({1, 2, 3})), KnownGroup(8, linen, frozenset({4}))]
    >>> now = [FoundCluster(linen, frozenset({4, 5})), FoundCluster(wool, frozenset({1, 2}))]
    >>> [one.same_as for one in kinships(now, before)]
    [8, 7]
    """
    if not found or not known:
        return [Kinship(None, None) for _ in found]
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (half a second, for refits only)

    surplus = _likeness(found, known) - _bars(known)
    rows, columns = linear_sum_assignment(-surplus)
    same = {
        row: known[column].key
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if surplus[row, column] >= 0
    }
    return [
        Kinship(same[number], None) if number in same else Kinship(None, _parent(one, known))
        for number, one in enumerate(found)
    ]


def _bars(known: Sequence[KnownGroup]) -> NDArray[np.float64]:
    return np.array([SAME_GROUP if group.members else SAME_WORDS for group in known])


def _likeness(found: Sequence[FoundCluster], known: Sequence[KnownGroup]) -> NDArray[np.float64]:
    words = _centred_cosines(found, known)
    people = _overlaps(found, known)
    remembered = np.array([bool(group.members) for group in known])
    return np.where(remembered, (people + words) / 2, words)


def _centred_cosines(
    found: Sequence[FoundCluster], known: Sequence[KnownGroup]
) -> NDArray[np.float64]:
    ours = np.stack([one.centroid for one in found]).astype(float)
    theirs = np.stack([one.centroid for one in known]).astype(float)
    middle = np.vstack([ours, theirs]).mean(0)
    cosines = _unit(ours - middle) @ _unit(theirs - middle).T
    return np.clip(cosines, 0.0, 1.0)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths: NDArray[np.float64] = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / lengths.clip(min=1e-12)


def _overlaps(found: Sequence[FoundCluster], known: Sequence[KnownGroup]) -> NDArray[np.float64]:
    """Jaccard index of people who are in both fits: who came since, or left, is no sign."""
    now = frozenset[int]().union(*(one.members for one in found))
    before = frozenset[int]().union(*(one.members for one in known))
    stayed = now & before
    overlaps = np.zeros((len(found), len(known)))
    for row, one in enumerate(found):
        ours = one.members & stayed
        for column, group in enumerate(known):
            theirs = group.members & stayed
            either = len(ours | theirs)
            overlaps[row, column] = len(ours & theirs) / either if either else 0.0
    return overlaps


def _parent(one: FoundCluster, known: Sequence[KnownGroup]) -> int | None:
    """The group that more than half of its people of before were in."""
    shared = [len(one.members & group.members) for group in known]
    most = max(shared)
    return known[shared.index(most)].key if 2 * most > max(1, len(one.members)) else None
