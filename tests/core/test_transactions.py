import threading
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection, transaction

from core.transactions import all_over_below, current_transaction

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def open_transaction(**other):
    """A transaction of another session that has written, and goes on."""
    arguments = connection.get_connection_params() | other
    for name in ("cursor_factory", "context", "prepare_threshold"):
        arguments.pop(name, None)
    session = psycopg2.connect(**arguments)
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            yield cursor.fetchone()[0]
    finally:
        session.rollback()
        session.close()


def test_what_is_over_can_be_read():
    ours = current_transaction()
    assert all_over_below() > ours


def test_an_open_transaction_holds_readers_back_until_it_is_over():
    with open_transaction() as open_one:
        later = current_transaction()
        assert all_over_below() == open_one < later
    assert all_over_below() > later


def test_a_transaction_of_another_database_holds_nobody_back():
    with open_transaction(dbname="postgres") as elsewhere:
        ours = current_transaction()
        assert elsewhere < ours < all_over_below()


def test_of_two_the_older_one_counts_and_other_databases_do_not():
    with open_transaction(dbname="postgres"), open_transaction() as older, open_transaction():
        # Nothing is known of what is younger than everything that is over.
        current_transaction()
        assert all_over_below() == older


def test_what_this_transaction_stores_is_not_over():
    with transaction.atomic():
        ours = current_transaction()
        assert all_over_below() == ours
    assert all_over_below() > ours


def test_nothing_below_is_ever_added_to():
    """Twenty sessions store at once; whatever is below the mark is there when the mark is given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE marks (number bigint DEFAULT pg_current_xact_id()::text::bigint)"
        )
    stop, failures = threading.Event(), []

    def store():
        while not stop.is_set():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO marks DEFAULT VALUES")
                cursor.execute("SELECT pg_sleep(random() / 200)")
        connection.close()

    def count_below(mark):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM marks WHERE number < %s", [mark])
            return cursor.fetchone()[0]

    threads = [threading.Thread(target=store) for _ in range(8)]
    [thread.start() for thread in threads]
    seen = []
    for _ in range(60):
        mark = all_over_below()
        seen.append((mark, count_below(mark)))
    stop.set()
    [thread.join() for thread in threads]
    failures = [(mark, counted) for mark, counted in seen if count_below(mark) != counted]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE marks")
    assert failures == []
    assert seen[-1][1] > 0
