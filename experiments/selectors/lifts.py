"""The goal's lift over the stored snapshots: a picture of how sure a test became, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Func, JSONField, Value

from experiments.models import Experiment

MOST_POINTS = 60
FIRST_GOAL = '$.metrics[*] ? (@.role == "goal")'


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftPoint:
    """One arm's lift as it stood in one snapshot; an end without a limit is None."""

    at: datetime
    units: int
    arm: str
    arm_name: str
    estimate: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftOverTime:
    """The first goal's lifts, oldest first, each with its own interval, under the rule of looking.

    The interval is not adjusted for the other arms: how far that goes depends on their results, and
    a picture would jump when they do.
    """

    metric_name: str
    rule: str
    points: tuple[LiftPoint, ...]

    @property
    def moments(self) -> tuple[datetime, ...]:
        return tuple(dict.fromkeys(point.at for point in self.points))


def lift_over_time(experiment: Experiment, *, most: int = MOST_POINTS) -> LiftOverTime:
    """At most `most` snapshots, evenly thinned; the first and the last are among them."""
    snapshots = experiment.analyses.order_by("created_at", "pk")
    kept = _thinned(list(snapshots.values_list("pk", flat=True)), most)
    # Only what is drawn leaves the database: a snapshot is large, and there may be sixty.
    rows = snapshots.filter(pk__in=kept).values_list(
        "created_at",
        _path("$.arms"),
        _path(f"{FIRST_GOAL}.name"),
        _path(f"{FIRST_GOAL}.overall.comparisons"),
    )
    read = list(rows)
    names = [name for _, _, name, _ in read if name]
    return LiftOverTime(
        metric_name=names[-1] if names else "",
        rule=experiment.looks,
        points=tuple(
            point
            for at, arms, _, comparisons in read
            for point in _points(at, arms or [], comparisons or {})
        ),
    )


def _thinned(keys: Sequence[int], most: int) -> list[int]:
    """
    >>> _thinned(range(10), 4)
    [0, 3, 6, 9]
    """
    if len(keys) <= most:
        return list(keys)
    last = len(keys) - 1
    return [keys[round(place * last / (most - 1))] for place in range(most)]


def _path(path: str) -> Func:
    return Func(
        F("results"),
        Value(path),
        function="jsonb_path_query_first",
        template="%(function)s(%(expressions)s::jsonpath)",
        output_field=JSONField(),
    )


def _points(
    at: datetime, arms: Sequence[Mapping[str, Any]], comparisons: Mapping[str, Any]
) -> list[LiftPoint]:
    units = sum(arm["units"] for arm in arms)
    found = [(arm, (comparisons.get(arm["key"]) or {}).get("lift")) for arm in arms]
    return [
        LiftPoint(
            at=at,
            units=units,
            arm=arm["key"],
            arm_name=arm["name"],
            estimate=lift["estimate"],
            low=lift.get("low"),
            high=lift.get("high"),
        )
        for arm, lift in found
        if lift and lift.get("estimate") is not None
    ]
