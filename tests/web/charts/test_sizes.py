from datetime import UTC, datetime, timedelta

from web.charts.drawing import draw
from web.charts.sizes import SizePoint, size_chart

START = datetime(2025, 3, 3, tzinfo=UTC)


def test_each_build_is_a_point_on_both_lines_where_both_are_known():
    chart = size_chart([SizePoint(START, 10, None), SizePoint(START + timedelta(days=1), 12, 9)])

    assert [(row["of"], row["people"]) for row in chart["data"]["values"]] == [
        ("members", 10),
        ("members", 12),
        ("may be written to", 9),
    ]


def test_it_can_be_drawn():
    points = [SizePoint(START + timedelta(days=day), 100 + day, 90) for day in range(3)]

    assert draw(size_chart(points)).startswith("<svg")
