from __future__ import annotations

from web.charts.drawing import draw
from web.charts.rates import CONTROL_COLOUR, RateRow, rate_chart

ROWS = [
    RateRow("Petite", "Control", 0.06, 0.05, 0.07),
    RateRow("Petite", "Urgency", 0.09, None, None),
]


def test_a_rate_without_an_interval_is_drawn():
    svg = draw(rate_chart(ROWS, arms=["Control", "Urgency"], title="Orders rate"))
    assert "Petite" in svg
    assert "Orders rate" in svg


def test_control_has_its_own_quiet_colour():
    chart = rate_chart(ROWS, arms=["Control", "Urgency"], title="Orders")
    scale = chart["layer"][0]["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True))["Control"] == CONTROL_COLOUR


def test_more_arms_than_colours_still_draw():
    arms = ["Control", *(f"Angle {number}" for number in range(12))]
    chart = rate_chart(ROWS, arms=arms, title="Orders")
    scale = chart["layer"][0]["encoding"]["color"]["scale"]
    assert len(scale["range"]) == 13
