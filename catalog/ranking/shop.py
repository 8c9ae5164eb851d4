"""The mixture a shop starts with: what it is made of, measured in docs/explanation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.ranking.content import Content
from catalog.ranking.contract import Recommender
from catalog.ranking.hybrid import Hybrid
from catalog.ranking.item_to_item import CoPurchase, Ease, Transitions
from catalog.ranking.popularity import Popularity

KEEP = 200
# A matrix of this many squared takes 100 MB and seconds; above it the linear part adds little.
EASE_ITEMS_MOST = 5_000


def shop_hybrid(
    vectors: Sequence[NDArray[np.float32]],
    *,
    item_count: int,
    half_life_days: float | None = None,
    vector_weights: Sequence[float] | None = None,
) -> Hybrid:
    """A hybrid that is yet to learn.

    Args:
        vectors: One array (items, size) per kind of vector; without any, likeness is left out.
        item_count: How many items there will be.
        half_life_days: How fast what was popular is forgotten.
        vector_weights: How much each kind of vector counts.
    """
    parts: list[Recommender] = [
        Transitions(keep=KEEP),
        Transitions.forward(keep=KEEP),
        CoPurchase(keep=KEEP),
        Popularity(half_life_days=half_life_days),
    ]
    if item_count <= EASE_ITEMS_MOST:
        parts.append(Ease(keep=KEEP))
    if vectors:
        parts.append(Content(vectors, weights=vector_weights))
    return Hybrid(parts)
