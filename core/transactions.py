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


def all_over_below() -> int:
    """Every transaction with an id below this is over: what it stored can be seen from now on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def current_transaction() -> int:
    """Id of the transaction this runs in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])
