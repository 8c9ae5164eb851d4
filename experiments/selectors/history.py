"""What units did in a past period: the history that a planned design is tried out on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import connection
from django.db.models import Count
from numpy.typing import NDArray

from events.models import Event

# More than enough to draw from; of more units these are a fixed, arbitrary part.
MOST_UNITS = 500_000

# The period before the past one, as long, gives each unit its covariate.
PER_UNIT = f"""
WITH per_unit AS (
    SELECT unit_id,
        count(*) FILTER (WHERE is_wanted AND NOT is_before) AS times,
        coalesce(sum(value) FILTER (WHERE is_wanted AND NOT is_before), 0) AS total,
        count(*) FILTER (WHERE is_wanted AND is_before) AS times_before,
        coalesce(sum(value) FILTER (WHERE is_wanted AND is_before), 0) AS total_before
    FROM (
        SELECT unit_id, value, occurred_at < %(since)s AS is_before,
            kind = 'track' AND name = %(name)s AS is_wanted
        FROM {Event._meta.db_table}
        WHERE occurred_at >= %(before)s AND occurred_at < %(until)s AND bot_reasons = '{{}}'
    ) seen
    GROUP BY unit_id
    HAVING bool_or(NOT is_before)
)
SELECT times::float8, total::float8, times_before::float8, total_before::float8
FROM per_unit ORDER BY hashtext(unit_id), unit_id LIMIT %(most)s
"""  # noqa: S608 - the only name put in is that of our own table


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitHistory:
    """One entry for each unit seen in the past period, whether it did the event or not.

    Attributes:
        values: What it did in the period: 0 or 1, a count or a sum.
        before: The same for the period before.
    """

    values: NDArray[np.float64]
    before: NDArray[np.float64]


def unit_history(event_name: str, kind: str, *, days: int, now: datetime) -> UnitHistory:
    """Per-unit values of the past days; kind is "conversion", "count" or "sum"."""
    period = timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute(
            PER_UNIT,
            {
                "name": event_name,
                "since": now - period,
                "before": now - 2 * period,
                "until": now,
                "most": MOST_UNITS,
            },
        )
        rows = np.array(cursor.fetchall(), dtype=np.float64).reshape(-1, 4)
    column = 1 if kind == "sum" else 0
    values, before = rows[:, column], rows[:, column + 2]
    if kind == "conversion":
        values, before = (np.minimum(times, 1.0) for times in (values, before))
    return UnitHistory(values=values, before=before)


def commonest_events(*, days: int, now: datetime, most: int = 5) -> Sequence[str]:
    """What units did most often in the past days, by name."""
    done = Event.objects.filter(
        kind=Event.Kind.TRACK, occurred_at__gte=now - timedelta(days=days), occurred_at__lt=now
    )
    counted = done.values("name").annotate(times=Count("pk")).order_by("-times", "name")
    return [row["name"] for row in counted[:most]]
