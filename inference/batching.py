"""Grouping texts of like length, so that a batch holds few padding tokens. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray


def batches_by_length(lengths: Sequence[int], *, budget: int) -> Iterator[NDArray[np.intp]]:
    """Positions of the texts, shortest first, in batches of at most `budget` padded tokens.

    A batch costs its size times its longest text, so sorting keeps the waste small. A text longer
    than the whole budget gets a batch of its own.

    Args:
        lengths: Tokens of each text, all positive.
        budget: Most padded tokens (texts x longest) a batch may hold.

    Yields:
        Arrays of positions into `lengths`; together they hold every position exactly once.

    >>> [batch.tolist() for batch in batches_by_length([5, 2, 3, 9], budget=10)]
    [[1, 2], [0], [3]]
    """
    order = np.argsort(lengths, kind="stable")
    start = 0
    for end in range(1, len(order) + 1):
        is_last = end == len(order)
        if is_last or (end - start + 1) * lengths[order[end]] > budget:
            yield order[start:end]
            start = end
