"""How large a segment was at each of its builds, and how many of it could be written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.charts.rates import ARM_COLOURS, CONTROL_COLOUR

HEIGHT = 130
MEMBERS, SENDABLE = "members", "may be written to"


@dataclass(frozen=True)
class SizePoint:
    at: datetime
    size: int
    sendable: int | None


def size_chart(points: Sequence[SizePoint], *, width: int = 560) -> dict[str, Any]:
    """The specification: a line of steps for each, from nought, as a size holds until the next."""
    values = [
        {"at": point.at.isoformat(), "of": of, "people": people}
        for point in points
        for of, people in ((MEMBERS, point.size), (SENDABLE, point.sendable))
        if people is not None
    ]
    return {
        "data": {"values": values},
        "width": width,
        "height": HEIGHT,
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5, "point": True},
        "encoding": {
            "x": {
                "field": "at",
                "type": "temporal",
                "title": None,
                "scale": {"type": "utc"},
                "axis": {"grid": False, "tickCount": 5, "labelOverlap": True},
            },
            "y": {
                "field": "people",
                "type": "quantitative",
                "title": None,
                "scale": {"zero": True},
                "axis": {"format": ",d", "tickCount": 4},
            },
            "color": {
                "field": "of",
                "type": "nominal",
                "scale": {"domain": [MEMBERS, SENDABLE], "range": [CONTROL_COLOUR, ARM_COLOURS[0]]},
            },
        },
    }
