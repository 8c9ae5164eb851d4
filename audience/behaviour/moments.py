"""The same people at earlier moments: what was known of them, and who came back. Pure.

One moment says little of a small shop. Every earlier one has an answer too, in the orders that
are known already, and adds rows without a person who was not there (rolling origins).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audience.behaviour.orders import Integers, Orders

EARLIER = 4
# Of the known time: an earlier moment lies no nearer to the first order than two such steps.
STEPS = EARLIER + 2
LEAST_DAYS = 1.0


@dataclass(frozen=True)
class Moment:
    """Who had ordered before a moment, and who of them ordered soon after.

    Attributes:
        orders: Those before `at`, of the units known by then.
        came_back: Whether a unit ordered within `days` from `at` on; shape (units,).
        who: Which unit of all each is; shape (units,).
        at: In days since 1970.
        days: How far ahead it asks.
    """

    orders: Orders
    came_back: NDArray[np.bool_]
    who: Integers
    at: float
    days: float


def earlier_moments(orders: Orders, *, at: float, days: float) -> Iterator[Moment]:
    """Up to four moments before `at`, evenly over the known time, the latest first.

    Each asks about `days`, or about less where `at` is nearer: nothing from `at` on is seen.

    >>> orders = Orders.of([0, 0, 1], [0.0, 50.0, 30.0], [9.0, 9.0, 9.0])
    >>> found = list(earlier_moments(orders, at=60.0, days=25.0))
    >>> [(one.at, one.days) for one in found]
    [(50.0, 10.0), (40.0, 20.0), (30.0, 25.0), (20.0, 25.0)]
    >>> [one.came_back.tolist() for one in found]
    [[True, False], [True, False], [True], [False]]
    """
    step = (at - float(orders.at.min())) / STEPS
    for back in range(1, EARLIER + 1):
        moment = at - back * step
        ahead = min(days, at - moment)
        if ahead < LEAST_DAYS:
            continue
        before = orders.between(-np.inf, moment)
        is_known = before.counts() > 0
        came_back = orders.between(moment, moment + ahead).counts() > 0
        yield Moment(
            before.of_units(is_known),
            came_back[is_known],
            np.flatnonzero(is_known),
            moment,
            ahead,
        )
