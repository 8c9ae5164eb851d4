"""Who was given which arm. The first assignment is stored and wins over every later one.

A unit that is forced to an arm for testing is never stored, even by a process whose plan is older.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from core.errors import DomainError
from experiments.models import Arm, Experiment, Exposure, ForcedArm, UnknownArm
from experiments.plans import Assigned, UnitArm

_EXPOSURES = Exposure._meta.db_table
_EXPERIMENTS = Experiment._meta.db_table
_ARMS = Arm._meta.db_table
_FORCED = ForcedArm._meta.db_table
_UNKNOWN = UnknownArm._meta.db_table

UNKNOWN_KEY_CHARACTERS = 60
UNKNOWN_ARMS_KEPT = 100

# The table names are our own; every value is a parameter.
ASSIGN = f"""
WITH seen AS (
    SELECT arm_id, stratum, assigned_at FROM {_EXPOSURES}
    WHERE experiment_id = %(experiment)s AND unit_id = %(unit)s
),
fresh AS (
    INSERT INTO {_EXPOSURES} (experiment_id, unit_id, arm_id, stratum, assigned_at, period)
    SELECT e.id, %(unit)s, a.id, %(stratum)s, %(now)s, %(period)s
    FROM {_EXPERIMENTS} e JOIN {_ARMS} a ON a.experiment_id = e.id AND a.id = %(arm)s
    WHERE e.id = %(experiment)s AND e.status = 'running' AND NOT EXISTS (SELECT FROM seen)
        AND NOT EXISTS (
            SELECT FROM {_FORCED} f WHERE f.experiment_id = e.id AND f.unit_id = %(unit)s
        )
    ON CONFLICT (experiment_id, unit_id) DO NOTHING
    RETURNING arm_id, stratum, assigned_at
)
SELECT arm_id, stratum, assigned_at, false FROM seen
UNION ALL
SELECT arm_id, stratum, assigned_at, true FROM fresh
"""  # noqa: S608 (table names, no values)

ASSIGN_MANY = f"""
INSERT INTO {_EXPOSURES} (experiment_id, unit_id, arm_id, stratum, assigned_at, period)
SELECT e.id, u.unit_id, a.id, u.stratum, %(now)s, u.period
FROM unnest(%(units)s::text[], %(arms)s::bigint[], %(strata)s::text[], %(periods)s::int[])
    AS u(unit_id, arm_id, stratum, period)
JOIN {_EXPERIMENTS} e ON e.id = %(experiment)s AND e.status = 'running'
JOIN {_ARMS} a ON a.id = u.arm_id AND a.experiment_id = e.id
WHERE NOT EXISTS (
    SELECT FROM {_FORCED} f WHERE f.experiment_id = e.id AND f.unit_id = u.unit_id
)
ORDER BY u.unit_id
ON CONFLICT (experiment_id, unit_id) DO NOTHING
RETURNING unit_id
"""  # noqa: S608 (table names, no values)

# A tool that sends nonsense sends a lot of it: so many names are kept, the rest only of those.
NOTE_UNKNOWN = f"""
INSERT INTO {_UNKNOWN} AS u (experiment_id, key, times, last_seen_at)
SELECT %(experiment)s, %(key)s, 1, %(now)s
WHERE EXISTS (SELECT FROM {_UNKNOWN} WHERE experiment_id = %(experiment)s AND key = %(key)s)
    OR (SELECT count(*) FROM {_UNKNOWN} WHERE experiment_id = %(experiment)s) < %(most)s
ON CONFLICT (experiment_id, key) DO UPDATE
    SET times = u.times + 1, last_seen_at = greatest(u.last_seen_at, excluded.last_seen_at)
"""  # noqa: S608 (table names, no values)


def unit_assign(
    experiment_id: int,
    unit_id: str,
    *,
    arm_id: int,
    stratum: str,
    now: datetime,
    period: int = 0,
) -> Assigned:
    """Give the unit the arm, unless it has one: one round trip, and safe against a racing twin."""
    wanted: dict[str, int | str | datetime] = {
        "experiment": experiment_id,
        "unit": unit_id,
        "arm": arm_id,
        "stratum": stratum,
        "now": now,
        "period": period,
    }
    # Neither part sees a row that a twin committed between this statement's start and its insert;
    # the second reading, being a new statement, does.
    row = _assign(wanted) or _assign(wanted)
    if row is None:
        raise DomainError(
            f"unit {unit_id} cannot be assigned: experiment {experiment_id} is not running, "
            f"arm {arm_id} is none of its arms, or the unit is forced to one for testing"
        )
    return row


def _assign(wanted: dict[str, int | str | datetime]) -> Assigned | None:
    with connection.cursor() as cursor:
        cursor.execute(ASSIGN, wanted)
        row = cursor.fetchone()
    if row is None:
        return None
    arm_id, stratum, assigned_at, is_new = row
    return Assigned(arm_id=arm_id, stratum=stratum, assigned_at=assigned_at, is_new=is_new)


@transaction.atomic
def units_assign_bulk(
    experiment_id: int, units: Sequence[UnitArm], *, now: datetime
) -> list[Assigned]:
    """`unit_assign` of many units, in the order given; all are stored or none."""
    # Of a unit named twice the first wins, as it would one by one.
    asked = {unit.unit_id: unit for unit in reversed(units)}
    new = _insert(experiment_id, list(asked.values()), now=now)
    stored = {
        unit: Assigned(arm_id=one.arm_id, stratum=one.stratum, assigned_at=now, is_new=True)
        for unit, one in asked.items()
        if unit in new
    }
    stored |= _stored(experiment_id, [unit for unit in asked if unit not in new])
    missing = len(asked) - len(stored)
    if missing:
        raise DomainError(
            f"{missing} units cannot be assigned: experiment {experiment_id} is not running, "
            "an arm is none of its arms, or a unit is forced to one for testing"
        )
    return [stored[unit.unit_id] for unit in units]


def _stored(experiment_id: int, units: list[str]) -> dict[str, Assigned]:
    rows = Exposure.objects.filter(experiment_id=experiment_id, unit_id__in=units)
    return {
        unit: Assigned(arm_id=arm_id, stratum=stratum, assigned_at=at, is_new=False)
        for unit, arm_id, stratum, at in rows.values_list(
            "unit_id", "arm_id", "stratum", "assigned_at"
        )
    }


def _insert(experiment_id: int, units: Sequence[UnitArm], *, now: datetime) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            ASSIGN_MANY,
            {
                "experiment": experiment_id,
                "units": [unit.unit_id for unit in units],
                "arms": [unit.arm_id for unit in units],
                "strata": [unit.stratum for unit in units],
                "periods": [unit.period for unit in units],
                "now": now,
            },
        )
        return frozenset(row[0] for row in cursor.fetchall())


def exposure_note_other_arm(experiment_id: int, unit_id: str) -> None:
    """The email tool named another arm for the unit than the stored one, which stays."""
    # Conditional, so that a thousand emails to the same person write once.
    Exposure.objects.filter(
        experiment_id=experiment_id, unit_id=unit_id, has_other_arm=False
    ).update(has_other_arm=True)


def unknown_arm_note(experiment_id: int, key: str, *, now: datetime) -> None:
    """The email tool named an arm that the experiment does not have: count it."""
    asked: dict[str, int | str | datetime] = {
        "experiment": experiment_id,
        "key": key[:UNKNOWN_KEY_CHARACTERS],
        "now": now,
        "most": UNKNOWN_ARMS_KEPT,
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE_UNKNOWN, asked)
