"""The fit that counts, in this process's memory: read once, and again when there is a newer one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from catalog.models import RecommenderFit
from catalog.ranking import Content, Hybrid, Popularity
from catalog.ranking.contract import Recommender
from catalog.ranking.item_to_item import CoPurchase, Ease, Transitions
from catalog.ranking.keeping import unpacked

PRODUCTS = "meta/products"


@dataclass(frozen=True)
class Fitted:
    """A fit ready to be asked; `products` are the keys of the items, by their number."""

    pk: int
    fitted_at: datetime
    hybrid: Hybrid
    products: NDArray[np.int64]
    number_of: dict[int, int]

    @property
    def content(self) -> Content | None:
        found = (part for part in self.hybrid.parts if isinstance(part, Content))
        return next(found, None)


_lock = threading.Lock()
_held: Fitted | None = None


def current_fit() -> Fitted | None:
    """The newest fit; None where nothing has been fitted yet."""
    global _held
    newest = RecommenderFit.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return None
    with _lock:
        if _held is None or _held.pk != newest:
            _held = _read(newest)
        return _held


def _read(pk: int) -> Fitted:
    row = RecommenderFit.objects.get(pk=pk)
    arrays = unpacked(bytes(row.arrays))
    products = arrays.pop(PRODUCTS)
    parts: list[Recommender] = [
        Transitions(),
        Transitions.forward(),
        CoPurchase(),
        Popularity(),
        Ease(),
        Content([]),
    ]
    used = [part for part in parts if row.weights.get(part.name)]
    hybrid = Hybrid(used, weights=row.weights).restore(arrays)
    number_of = {int(product): number for number, product in enumerate(products)}
    return Fitted(row.pk, row.fitted_at, hybrid, products, number_of)
