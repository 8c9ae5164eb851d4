"""Recency, frequency, money: three scores of 1 to 5 among the shop's buyers, and what they mean.

Scores are fifths of the shop: 5 is the best fifth. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from audience.behaviour.orders import Floats, Orders

FIFTHS = 5


@dataclass(frozen=True, slots=True)
class Fifths:
    """Where the shop's fifths of recency, frequency and money begin.

    Attributes:
        days_since: The four inner bounds of days since the last order, ascending.
        orders: Those of the number of orders.
        total: Those of what was paid.
    """

    days_since: tuple[float, ...]
    orders: tuple[float, ...]
    total: tuple[float, ...]

    @classmethod
    def of(cls, days_since: Floats, orders: Floats, total: Floats) -> Fifths:
        """The quintiles of a shop's buyers, each array of shape (buyers,)."""
        shares = np.arange(1, FIFTHS) / FIFTHS
        return cls(*(tuple(np.quantile(one, shares)) for one in (days_since, orders, total)))


def rfm(orders: Orders, *, at: float) -> tuple[Floats, Floats, Floats]:
    """Days since the last order, number of orders, total paid; each (units,), all with orders."""
    counts = orders.counts()
    last = orders.at[np.cumsum(counts) - 1]
    total = np.bincount(orders.unit, orders.value, orders.units).astype(float)
    return at - last, counts.astype(float), total


def rfm_scores(
    days_since: float, orders: float, total: float, fifths: Fifths
) -> Mapping[str, int | str]:
    """A buyer's three scores and the word for them.

    >>> fifths = Fifths((10, 30, 90, 200), (1, 2, 3, 6), (50, 100, 200, 500))
    >>> rfm_scores(5, 9, 900, fifths)
    {'recency': 5, 'frequency': 5, 'money': 5, 'group': 'champions'}
    >>> rfm_scores(300, 1, 20, fifths)
    {'recency': 1, 'frequency': 1, 'money': 1, 'group': 'lapsed'}
    """
    recency = FIFTHS - int(np.searchsorted(fifths.days_since, days_since, side="left"))
    frequency = 1 + int(np.searchsorted(fifths.orders, orders, side="left"))
    money = 1 + int(np.searchsorted(fifths.total, total, side="left"))
    return {
        "recency": recency,
        "frequency": frequency,
        "money": money,
        "group": _group(recency, frequency, once=orders <= 1),
    }


def _group(recency: int, frequency: int, *, once: bool) -> str:
    if once:
        return "new" if recency >= 4 else "lapsed" if recency <= 2 else "bought once"
    if recency >= 4:
        return "champions" if frequency >= 4 else "promising"
    if recency <= 2:
        return "slipping away" if frequency >= 4 else "lapsed"
    return "loyal" if frequency >= 4 else "occasional"
