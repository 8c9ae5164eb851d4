"""Orders as numbers to learn from: how recent, how often, how much. Pure.

Money is measured in the shop's median order, so that what was learnt in one currency holds in
another; amounts and times are on a log scale.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audience.behaviour.orders import Floats, Orders
from core.errors import InputRefused

FADING = (30, 90)


def behaviour_features(
    orders: Orders, *, at: float, money: float | None = None
) -> dict[str, Floats]:
    """What can be known of each unit's orders before a moment, one column per feature.

    Args:
        orders: All before `at`; every unit must have at least one.
        at: The moment looked back from, in days since 1970.
        money: The shop's median order; None: the median of these.

    Returns:
        Columns of shape (units,), finite, in a fixed order.

    Raises:
        InputRefused: A unit has no order, or an order is not before `at`.
    """
    if len(orders.at) and orders.at.max() >= at:
        raise InputRefused("at must be later than every order", field="at")
    if orders.units == 0 or orders.counts().min() == 0:
        raise InputRefused("every unit must have an order before at", field="orders")
    money = max(float(np.median(orders.value)) if money is None else money, 1e-9)
    return {**_totals(orders, at), **_money(orders, money)}


def recency_frequency_money(orders: Orders, *, at: float) -> Floats:
    """The three classics on a log scale: days since the last order, orders, total; (units, 3)."""
    counts = orders.counts()
    since = at - orders.at[_ends(orders)]
    total = np.bincount(orders.unit, orders.value, orders.units)
    return np.log1p(np.column_stack([since, counts, total.clip(min=0)]))


def _ends(orders: Orders) -> NDArray[np.intp]:
    return np.cumsum(orders.counts()) - 1


def _sum(orders: Orders, weights: Floats) -> Floats:
    return np.bincount(orders.unit, weights, orders.units).astype(float)


def _distinct(orders: Orders, period: Floats) -> Floats:
    """How many different periods a unit ordered in, e.g. days."""
    pairs = np.unique(np.column_stack([orders.unit, period]).astype(np.int64), axis=0)
    return np.bincount(pairs[:, 0], minlength=orders.units).astype(float)


def _totals(orders: Orders, at: float) -> dict[str, Floats]:
    ages = at - orders.at
    return {
        "recency": np.log1p(ages[_ends(orders)]),
        "orders": np.log1p(orders.counts()),
        "days": np.log1p(_distinct(orders, np.floor(orders.at))),
        "months": np.log1p(_distinct(orders, np.floor(orders.at / 30.4375))),
        **{f"fading_{days}": np.log1p(_sum(orders, np.exp(-ages / days))) for days in FADING},
    }


def _money(orders: Orders, money: float) -> dict[str, Floats]:
    paid = (orders.value / money).clip(min=0)
    total = _sum(orders, paid)
    return {
        "total": np.log1p(total),
        "basket": np.log1p(total / orders.counts()),
        "last_basket": np.log1p(paid[_ends(orders)]),
        "lines": np.log1p(_sum(orders, orders.lines)),
    }
