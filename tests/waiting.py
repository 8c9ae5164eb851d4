"""For tests of races: go on when the rival really waits for a lock."""

from __future__ import annotations

import os
import time

from django.db import connection

from core.transactions import all_over_below, current_transaction


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


def wait_until_readable() -> None:
    """Return once readers of the log may read all that is committed."""
    ours = current_transaction()
    for _ in range(2_000):
        if all_over_below() > ours:
            return
        time.sleep(0.01)
    raise AssertionError("a transaction of this database went on for twenty seconds")


def first_port(base: int) -> int:
    """Where this test process looks for a free port: two that look in one place find the same."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return base + 200 * int(worker)
