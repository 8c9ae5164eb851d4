"""PostgreSQL's transaction ids, for readers that follow a growing table.

Rows get their serial numbers before they are committed, so a reader that remembers "I have seen up
to number 500" misses number 499 that was committed later. Transactions tell: once every transaction
below a number is over, all rows it stored are to be seen, and none can come any more.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import BigIntegerField, Func


class CurrentTransaction(Func):
    """Id of the transaction that runs it, as a bigint (64 bits: it does not wrap around)."""

    template = "(pg_current_xact_id()::text::bigint)"
    arity = 0
    output_field = BigIntegerField()


# A snapshot names the transactions of the whole server, and those of its other databases store
# nothing here. Whose one is, is read after the snapshot: one that has ended by then counts as ours.
_ALL_OVER = """
WITH snapshot AS MATERIALIZED (SELECT pg_current_snapshot() AS taken),
running AS (
    SELECT pg_snapshot_xip(taken)::text::bigint AS id FROM snapshot
),
elsewhere AS (
    SELECT l.transactionid::text::bigint AS short_id
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'transactionid' AND l.granted
        AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())
)
SELECT least(
    pg_snapshot_xmax(taken)::text::bigint,
    pg_current_xact_id_if_assigned()::text::bigint,
    (SELECT min(id) FROM running WHERE id % 4294967296 NOT IN (SELECT short_id FROM elsewhere))
)
FROM snapshot
"""


def all_over_below() -> int:
    """Every transaction with an id below this is over: what it stored can be seen from now on."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL_OVER)
        return int(cursor.fetchone()[0])


def current_transaction() -> int:
    """Id of the transaction this runs in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])
