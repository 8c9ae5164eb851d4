from datetime import datetime

import pytest

from audience.behaviour.habits import Order, habits, part_of_day

BOUNDS = (30.0, 80.0)


def order(day, hour, value=50.0, channel=""):
    return Order(datetime(2024, 5, day, hour), value, channel)


def test_what_is_mostly_done_is_a_habit():
    found = habits(
        [order(6, 19, channel="app"), order(13, 20), order(20, 18), order(24, 9)], BOUNDS
    )

    assert found["part_of_day"] == {"value": "evening", "share": 0.75, "orders": 4}
    assert found["weekday"] == {"value": "Monday", "share": 0.75, "orders": 4}
    assert "channel" not in found
    assert found["every_days"] == {"value": 6.9, "orders": 4}
    assert found["price_band"] == {"value": "middle", "orders": 4}


def test_once_is_no_habit():
    assert set(habits([order(6, 19, channel="app")], BOUNDS)) == {"price_band"}


def test_half_is_not_mostly():
    found = habits([order(6, 8), order(6, 9), order(6, 19), order(6, 20)], BOUNDS)

    assert "part_of_day" not in found
    assert found["weekday"]["share"] == 1


@pytest.mark.parametrize(
    ("hour", "part"), [(0, "night"), (5, "night"), (6, "morning"), (12, "afternoon"),
                       (18, "evening"), (23, "evening")]
)  # fmt: skip
def test_parts_of_day(hour, part):
    assert part_of_day(datetime(2024, 5, 6, hour)) == part
