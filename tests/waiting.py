"""For tests of races: go on when the rival really waits for a lock."""

from __future__ import annotations

from django.db import connection


def wait_until_blocked() -> None:
    """Return once another session of this database waits for a transaction to end."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_sleep(0.01), count(*) FROM pg_locks l JOIN pg_database d "
                "ON d.datname = current_database() "
                "WHERE NOT l.granted AND l.locktype = 'transactionid'"
            )
            waiting = cursor.fetchone()[1]
        if waiting:
            return
    raise AssertionError("nobody ever waited")
