"""Questions that mean much the same, and which group of before each new one is. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Two questions with the same answer are rarely less alike on average, two with others rarely more.
ALIKE = 0.5
# Share of members in common, or likeness of centres, from which a group is one of before.
SAME_MEMBERS = 0.3
SAME_CENTRE = 0.8


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together.

    Attributes:
        key: What the caller knows it by; None for one just found.
        centre: Mean direction of its questions, unit length, shape (size,).
        members: The questions, by whatever the caller knows them by.
    """

    key: Hashable | None
    centre: NDArray[np.float32]
    members: tuple[Hashable, ...]


def grouped(
    keys: Sequence[Hashable], vectors: NDArray[np.float32], *, alike: float = ALIKE
) -> list[Group]:
    """Groups of questions by average linkage on cosine, the largest first.

    Two groups become one while the mean cosine over all pairs between them is at least `alike`
    (Sokal and Michener, 1958). Time and memory grow with the square of the questions: bound them.

    Args:
        keys: What each question is known by.
        vectors: Their unit vectors, shape (questions, size).
        alike: Mean cosine, -1 to 1.

    >>> vectors = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    >>> [group.members for group in grouped("abc", vectors, alike=0.7)]
    [('a', 'b'), ('c',)]
    """
    if len(keys) < 2:
        labels = np.zeros(len(keys), dtype=int)
    else:
        from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 (for searches only)
        from scipy.spatial.distance import pdist  # noqa: PLC0415

        apart = np.clip(pdist(vectors, "cosine"), 0, 2)
        labels = fcluster(linkage(apart, "average"), 1 - alike, criterion="distance")
    found = [_group(keys, vectors, np.flatnonzero(labels == one)) for one in np.unique(labels)]
    return sorted(found, key=lambda group: -len(group.members))


def _group(
    keys: Sequence[Hashable], vectors: NDArray[np.float32], places: NDArray[np.intp]
) -> Group:
    return Group(None, centre_of(vectors[places]), tuple(keys[place] for place in places))


def centre_of(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean direction of unit vectors, shape (size,), unit length.

    >>> centre_of(np.array([[1, 0], [0, 1]], dtype=np.float32)).round(3).tolist()
    [0.7070000171661377, 0.7070000171661377]
    """
    total = vectors.sum(axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), dtype=np.float32)


def most_central(vectors: NDArray[np.float32]) -> NDArray[np.intp]:
    """Places by falling likeness to their centre: the first names the group, the next are examples.

    >>> most_central(np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)).tolist()
    [1, 0, 2]
    """
    return np.argsort(-(vectors @ centre_of(vectors)), kind="stable")


def same_as_before(found: Sequence[Group], known: Sequence[Group]) -> Mapping[int, Hashable]:
    """Which group of before each found one is, by place; no group is taken twice.

    The surest pair first: pairs are weighed by the share of members in common (Jaccard) plus the
    cosine of centres, and count from `SAME_MEMBERS` or `SAME_CENTRE` on.

    >>> wool, linen = np.eye(2, dtype=np.float32)
    >>> before = [Group("w", wool, (1, 2)), Group("l", linen, (3,))]
    >>> same_as_before([Group(None, linen, (3, 4)), Group(None, -wool, (9,))], before)
    {0: 'l'}
    """
    pairs = []
    for place, one in enumerate(found):
        for other in known:
            shared = _shared(one.members, other.members)
            cosine = float(one.centre @ other.centre)
            if shared >= SAME_MEMBERS or cosine >= SAME_CENTRE:
                pairs.append((shared + cosine, place, other.key))
    same: dict[int, Hashable] = {}
    for _, place, key in sorted(pairs, key=lambda pair: -pair[0]):
        if place not in same and key not in same.values() and key is not None:
            same[place] = key
    return same


def _shared(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    return len({*one} & {*other}) / max(1, len({*one} | {*other}))
