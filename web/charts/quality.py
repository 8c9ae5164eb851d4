"""How well questions find their answers, run by run: a line for each way of finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.charts.rates import ARM_COLOURS

HEIGHT = 220


@dataclass(frozen=True)
class QualityPoint:
    """A way's figure, 0 to 1, at one moment."""

    way: str
    at: datetime
    value: float


def quality_chart(points: Sequence[QualityPoint], *, width: int = 720) -> dict[str, Any]:
    """The specification; ways in the order they come."""
    ways = list(dict.fromkeys(point.way for point in points))
    colours = [ARM_COLOURS[place % len(ARM_COLOURS)] for place in range(len(ways))]
    low = min(point.value for point in points)
    return {
        "data": {
            "values": [
                {"way": point.way, "at": point.at.isoformat(), "value": point.value}
                for point in points
            ]
        },
        "width": width,
        "height": HEIGHT,
        "mark": {"type": "line", "point": {"size": 30}, "strokeWidth": 2.5},
        "encoding": {
            "x": {
                "field": "at",
                "type": "temporal",
                "title": None,
                "scale": {"type": "utc"},
                "axis": {"format": "%-d %b %H:%M", "tickCount": 6, "labelOverlap": True},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "title": None,
                "scale": {"domain": [max(0.0, low - 0.1), 1.0]},
                "axis": {"format": ".2f", "tickCount": 5},
            },
            "color": {
                "field": "way",
                "type": "nominal",
                "title": None,
                "sort": ways,
                "scale": {"domain": ways, "range": colours},
            },
        },
    }
