"""Who an event is of, found out later: names that turn out to be the same unit's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from events.models import UnitAlias

# The name it came under stays in the context; the new transaction makes readers see it again.
_MOVE = """
WITH moved AS (
    UPDATE events_event e
    SET unit_id = a.unit_id, transaction_id = pg_current_xact_id()::text::bigint,
        context = e.context || jsonb_build_object('knownAs', e.unit_id)
    FROM events_unitalias a
    WHERE a.alias = e.unit_id AND e.unit_id = ANY(%s::text[])
    RETURNING a.alias
),
changed AS (
    INSERT INTO events_unitchange (unit_id) SELECT DISTINCT alias FROM moved
)
SELECT count(*) FROM moved
"""


def aliases_add(claims: Mapping[str, tuple[str, datetime]]) -> dict[str, str]:
    """Note that each name is a unit's; which names are another unit's already, and whose.

    The first claim holds: a browser that two people log in on keeps the first one's past.
    """
    UnitAlias.objects.bulk_create(
        (
            UnitAlias(alias=alias, unit_id=unit_id, since=since)
            for alias, (unit_id, since) in sorted(claims.items())
            if alias != unit_id
        ),
        ignore_conflicts=True,
    )
    held = UnitAlias.objects.filter(alias__in=claims).values_list("alias", "unit_id")
    return {alias: unit_id for alias, unit_id in held if unit_id != claims[alias][0]}


def aliases_apply(first: int, end: int) -> int:
    """Move events of these transactions that came under an alias to the unit; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT a.alias FROM events_event e JOIN events_unitalias a"
            " ON a.alias = e.unit_id WHERE e.transaction_id >= %s AND e.transaction_id < %s",
            [first, end],
        )
        aliases = [row[0] for row in cursor.fetchall()]
    return units_move(aliases)


@transaction.atomic
def units_move(aliases: list[str]) -> int:
    """Move all events that are under these aliases to their units; how many. Again, it is none."""
    if not aliases:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [aliases])
        return int(cursor.fetchone()[0])
