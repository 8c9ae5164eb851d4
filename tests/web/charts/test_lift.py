from __future__ import annotations

from web.charts.drawing import draw
from web.charts.lift import LiftRow, lift_chart

URGENCY = LiftRow("Urgency", 0.12, 0.04, 0.2, "better", "+12.0%")


def x_domain(chart):
    bars = next(layer for layer in chart["layer"] if "x2" in layer["encoding"])
    return bars["encoding"]["x"]["scale"]["domain"]


def test_zero_is_always_in_sight():
    low, high = x_domain(lift_chart([URGENCY]))
    assert low <= 0 <= high


def test_an_endless_interval_does_not_squeeze_the_rest():
    endless = LiftRow("Curiosity", 0.1, -0.3, 400.0, "unclear", "+10.0%")
    _, high = x_domain(lift_chart([URGENCY, endless]))
    assert high < 2


def test_an_interval_without_a_limit_is_drawn_to_the_edge():
    chart = lift_chart([URGENCY, LiftRow("Curiosity", 0.1, -0.3, None, "unclear", "+10.0%")])
    assert chart["data"]["values"][1]["high"] == x_domain(chart)[1]


def test_names_are_escaped_in_the_drawing():
    svg = draw(lift_chart([LiftRow("<script>alert(1)</script>", 0.1, 0, 0.2, "unclear", "x")]))
    assert "&lt;script>" in svg or "&lt;script&gt;" in svg
    assert "<script" not in svg


def test_the_numbers_stand_in_the_drawing():
    assert "+12.0%" in draw(lift_chart([URGENCY]))
