"""Orders as numbers to learn from: how recent, how often, how much, how regular. Pure.

Money is measured in the shop's median order, so that what was learnt in one currency holds in
another; amounts and times are on a log scale.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audience.behaviour.orders import Floats, Orders
from core.errors import InputRefused

WINDOWS = (30, 60, 90, 180)
FADING = (7, 30, 90)
# Never seen twice: as far apart as a year.
NO_GAP = 365.0


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
    columns = {
        **_totals(orders, at),
        **_money(orders, money),
        **_regularity(orders),
        **_lately(orders, at, money),
        **_calendar(orders, at),
    }
    columns["overdue"] = np.log1p(columns.pop("days_since")) - np.log1p(columns["gap_mean_days"])
    columns["gap_mean"] = np.log1p(columns.pop("gap_mean_days"))
    return columns


def recency_frequency_money(orders: Orders, *, at: float) -> Floats:
    """The three classics on a log scale: days since the last order, orders, total; (units, 3)."""
    counts = orders.counts()
    since = at - orders.at[_ends(orders)]
    total = np.bincount(orders.unit, orders.value, orders.units)
    return np.log1p(np.column_stack([since, counts, total.clip(min=0)]))


def _starts(orders: Orders) -> Floats:
    return np.concatenate([[0], np.cumsum(orders.counts())[:-1]])


def _ends(orders: Orders) -> NDArray[np.intp]:
    return np.cumsum(orders.counts()) - 1


def _sum(orders: Orders, weights: Floats) -> Floats:
    return np.bincount(orders.unit, weights, orders.units).astype(float)


def _distinct(orders: Orders, period: Floats) -> Floats:
    """How many different periods a unit ordered in, e.g. days."""
    pairs = np.unique(np.column_stack([orders.unit, period]).astype(np.int64), axis=0)
    return np.bincount(pairs[:, 0], minlength=orders.units).astype(float)


def _totals(orders: Orders, at: float) -> dict[str, Floats]:
    since = at - orders.at[_ends(orders)]
    known = at - orders.at[_starts(orders)]
    return {
        "days_since": since,
        "recency": np.log1p(since),
        "tenure": np.log1p(known),
        "span": np.log1p(known - since),
        "orders": np.log1p(orders.counts()),
        "days": np.log1p(_distinct(orders, np.floor(orders.at))),
        "months": np.log1p(_distinct(orders, np.floor(orders.at / 30.4375))),
        "rate": np.log1p(orders.counts() / (known + 30)),
    }


def _money(orders: Orders, money: float) -> dict[str, Floats]:
    paid = (orders.value / money).clip(min=0)
    total = _sum(orders, paid)
    lines = _sum(orders, orders.lines)
    most = np.zeros(orders.units)
    np.maximum.at(most, orders.unit, paid)
    return {
        "total": np.log1p(total),
        "basket": np.log1p(total / orders.counts()),
        "first_basket": np.log1p(paid[_starts(orders)]),
        "last_basket": np.log1p(paid[_ends(orders)]),
        "largest_basket": np.log1p(most),
        "lines": np.log1p(lines),
        "last_lines": np.log1p(orders.lines[_ends(orders)]),
    }


def _regularity(orders: Orders) -> dict[str, Floats]:
    gaps = np.diff(orders.at, prepend=orders.at[:1])
    is_first = np.zeros(len(gaps), dtype=bool)
    is_first[_starts(orders)] = True
    gaps = np.where(is_first, 0.0, gaps)
    counted = orders.counts() - 1
    again = counted > 0
    mean = _sum(orders, gaps) / counted.clip(min=1)
    spread = _sum(orders, gaps**2) / counted.clip(min=1) - mean**2
    return {
        "gap_mean_days": np.where(again, mean, NO_GAP),
        "gap_spread": np.log1p(np.sqrt(spread.clip(min=0))),
        "gap_last": np.log1p(np.where(again, gaps[_ends(orders)], NO_GAP)),
        "came_again": again.astype(float),
    }


def _lately(orders: Orders, at: float, money: float) -> dict[str, Floats]:
    ages = at - orders.at
    found = {}
    for days in WINDOWS:
        is_recent = (ages <= days).astype(float)
        found[f"orders_{days}"] = np.log1p(_sum(orders, is_recent))
        spent = (orders.value / money).clip(min=0) * is_recent
        found[f"total_{days}"] = np.log1p(_sum(orders, spent))
    for days in FADING:
        found[f"fading_{days}"] = np.log1p(_sum(orders, np.exp(-ages / days)))
    return found


def _calendar(orders: Orders, at: float) -> dict[str, Floats]:
    counts = orders.counts()
    weekday = (np.floor(orders.at) + 3) % 7
    # The same season a year before says who buys for an occasion.
    season = np.cos(2 * np.pi * (orders.at - at) / 365.25)
    ahead = np.sin(2 * np.pi * (orders.at - at) / 365.25)
    return {
        "weekend": _sum(orders, (weekday >= 5).astype(float)) / counts,
        "hour": _sum(orders, orders.at % 1) / counts,
        "season": _sum(orders, season) / counts,
        "season_ahead": _sum(orders, ahead) / counts,
    }
