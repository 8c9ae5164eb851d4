"""When, where and at what price a person buys, with what each rests on. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

PARTS_OF_DAY = ("night", "morning", "afternoon", "evening")
PRICE_BANDS = ("low", "middle", "high")
# A habit is what is done at least this often, and mostly.
LEAST_TIMES = 2
MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """One order: when (in the shop's time zone), for how much, and over which channel."""

    at: datetime
    value: float
    channel: str = ""


def habits(
    orders: Sequence[Order], price_bounds: tuple[float, float]
) -> Mapping[str, Mapping[str, object]]:
    """Each habit with the share of orders that show it, and how many there are.

    Args:
        orders: At least one.
        price_bounds: Where the shop's middle and upper third of order values begin.

    Returns:
        `part_of_day`, `weekday`, `channel` where they are habits: {"value", "share", "orders"};
        `price_band` always, `every_days` (the median gap) from three orders on.
    """
    found: dict[str, Mapping[str, object]] = {}
    moments = [order.at for order in orders]
    for name, seen in (
        ("part_of_day", [part_of_day(moment) for moment in moments]),
        ("weekday", [moment.strftime("%A") for moment in moments]),
        ("channel", [order.channel for order in orders if order.channel]),
    ):
        habit = _habit(seen)
        if habit:
            found[name] = habit
    band = price_band(float(np.median([order.value for order in orders])), price_bounds)
    found["price_band"] = {"value": band, "orders": len(orders)}
    if len(orders) > LEAST_TIMES:
        gaps = np.diff(sorted(moment.timestamp() for moment in moments)) / 86_400
        found["every_days"] = {"value": round(float(np.median(gaps)), 1), "orders": len(orders)}
    return found


def part_of_day(moment: datetime) -> str:
    """Night to 6, morning to 12, afternoon to 18, evening after.

    >>> part_of_day(datetime(2024, 5, 6, 19, 30))
    'evening'
    """
    return PARTS_OF_DAY[moment.hour // 6]


def price_band(value: float, bounds: tuple[float, float]) -> str:
    """Which third of the shop's order values a value lies in.

    >>> price_band(40, (50, 120)), price_band(50, (50, 120)), price_band(500, (50, 120))
    ('low', 'middle', 'high')
    """
    return PRICE_BANDS[sum(value >= bound for bound in bounds)]


def _habit(seen: Sequence[str]) -> Mapping[str, object] | None:
    if not seen:
        return None
    value, times = Counter(seen).most_common(1)[0]
    if times < LEAST_TIMES or times <= MOSTLY * len(seen):
        return None
    return {"value": value, "share": round(times / len(seen), 4), "orders": len(seen)}
