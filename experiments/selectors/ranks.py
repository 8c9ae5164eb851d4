"""Order statistics of quantile metrics: the three values an interval needs, and no other row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from experiments import stats
from experiments.outcomes import Ranked

# Units without a row have the value zero: they stand between the negative values and the positive.
# `{group}` is the stratum, or nothing where everyone is asked for.
VALUES = """
WITH placed AS (
    SELECT arm_id, {group} AS stratum, value,
        row_number() OVER (PARTITION BY arm_id, {group} ORDER BY value) AS place,
        count(*) OVER (PARTITION BY arm_id, {group}) AS present
    FROM experiments_unitoutcome
    WHERE metric_id = %(metric)s AND day <= %(last_day)s AND value <> 0
)
SELECT w.stratum, w.arm_id, w.rank, coalesce(p.value, 0)
FROM unnest(%(strata)s::text[], %(arms)s::bigint[], %(units)s::bigint[], %(ranks)s::bigint[])
    AS w (stratum, arm_id, units, rank)
LEFT JOIN placed p ON p.arm_id = w.arm_id AND p.stratum = w.stratum
    AND p.place + CASE WHEN p.value > 0 THEN w.units - p.present ELSE 0 END = w.rank
"""

Place = tuple[str | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A quantile metric, and whose units count.

    Attributes:
        metric_id: The metric.
        share: Which quantile.
        confidence: Of its interval.
        last_day: The last day of assignment that counts.
        units: By (stratum, arm's key).
    """

    metric_id: int
    share: float
    confidence: float
    last_day: date
    units: Mapping[tuple[str, str], int]


def ranked_values(asked: Asked, arm_ids: Mapping[str, int]) -> dict[Place, Ranked]:
    """By (stratum, arm), and by (None, arm) of everyone; left out where there are too few units."""
    everyone: dict[tuple[str, str], int] = defaultdict(int)
    for (_, arm), units in asked.units.items():
        everyone["", arm] += units
    within = _read(asked, arm_ids, asked.units, group="stratum")
    whole = _read(asked, arm_ids, everyone, group="''::text")
    return {**within, **{(None, arm): ranked for (_, arm), ranked in whole.items()}}


def _read(
    asked: Asked, arm_ids: Mapping[str, int], units: Mapping[tuple[str, str], int], *, group: str
) -> dict[Place, Ranked]:
    wanted = list(_wanted(asked, arm_ids, units))
    if not wanted:
        return {}
    strata, arms, counts, ranks = map(list, zip(*wanted, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            VALUES.format(group=group),
            {
                "metric": asked.metric_id,
                "last_day": asked.last_day,
                "strata": strata,
                "arms": arms,
                "units": counts,
                "ranks": ranks,
            },
        )
        rows = cursor.fetchall()
    keys = {pk: key for key, pk in arm_ids.items()}
    values: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for stratum, arm, rank, value in rows:
        values[stratum, keys[arm]][rank] = float(value)
    return {place: Ranked(units=units[place], values=by_rank) for place, by_rank in values.items()}


def _wanted(
    asked: Asked, arm_ids: Mapping[str, int], units: Mapping[tuple[str, str], int]
) -> Iterator[tuple[str, int, int, int]]:
    for (stratum, arm), count in units.items():
        try:
            ranks = stats.quantile_ranks(count, share=asked.share, confidence=asked.confidence)
        except stats.TooFewUnits:
            continue
        for rank in {ranks.low, ranks.middle, ranks.high}:
            yield stratum, arm_ids[arm], count, rank
