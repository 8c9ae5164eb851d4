from __future__ import annotations

from datetime import UTC, datetime, timedelta

from web.charts.drawing import draw
from web.charts.trend import TrendPoint, trend_chart

START = datetime(2025, 3, 3, tzinfo=UTC)


def point(day, estimate, low, high, arm="Urgency"):
    return TrendPoint(arm, START + timedelta(days=day), estimate, low, high)


def domain(chart):
    bands = [layer for layer in chart["spec"]["layer"] if layer["mark"].get("type") == "area"]
    return bands[0]["encoding"]["y"]["scale"]["domain"]


def test_each_arm_has_its_panel_in_the_order_it_came():
    chart = trend_chart([point(0, 0.1, 0, 0.2), point(0, 0.2, 0, 0.4, arm="Curiosity")])
    assert chart["facet"]["row"]["sort"] == ["Urgency", "Curiosity"]


def test_a_wild_beginning_does_not_flatten_the_end():
    chart = trend_chart([point(0, 0.5, -0.9, 90.0), point(9, 0.1, 0.05, 0.15)])
    assert domain(chart)[1] < 1


def test_an_interval_without_a_limit_reaches_the_edge():
    chart = trend_chart([point(0, 0.1, None, None), point(9, 0.1, 0.0, 0.2)])
    first = chart["data"]["values"][0]
    assert [first["low"], first["high"]] == domain(chart)


def test_names_are_escaped_in_the_drawing():
    svg = draw(trend_chart([point(0, 0.1, 0, 0.2, arm="<script>"), point(1, 0.1, 0, 0.2)]))
    assert "<script" not in svg
