import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.prepared import Prepared

pytestmark = pytest.mark.django_db

SQL = "SELECT %(many)s * 2, %(words)s[1], %(many)s FROM generate_series(1, %(many)s) LIMIT 1"


@pytest.fixture
def asked(request):
    """A statement of this test's own: connections outlive tests."""
    name = f"test_{abs(hash(request.node.nodeid))}"
    return Prepared(name, SQL, many="int", words="text[]")


def answers(asked, *values):
    found = []
    with CaptureQueriesContext(connection) as seen, connection.cursor() as cursor:
        for many, words in values:
            asked.run(cursor, {"many": many, "words": words}, after="SELECT 'before';")
            found.append(cursor.fetchone())
    return found, [query["sql"] for query in seen]


def test_a_statement_is_planned_once_and_asked_often(asked):
    found, seen = answers(asked, (2, ["it's"]), (3, [None]), (21, ["%", "s"]))

    assert found == [(4, "it's", 2), (6, None, 3), (42, "%", 21)]
    assert [sql.startswith("PREPARE") for sql in seen] == [True, False, False, False]
    assert all("EXECUTE" in sql for sql in seen[1:])


def test_another_connection_plans_it_for_itself(asked):
    answers(asked, (1, ["a"]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = %s", [asked._name])
        assert cursor.fetchone() == (1,)

    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE name = %s", [asked._name]
            )
            assert cursor.fetchone() == (0,)
    finally:
        other.close()


def test_behind_a_pooler_nothing_is_prepared(asked, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)

    found, seen = answers(asked, (2, ["it's"]), (3, [None]))

    assert found == [(4, "it's", 2), (6, None, 3)]
    assert not any("PREPARE" in sql or "EXECUTE" in sql for sql in seen)


def test_a_value_without_a_type_is_refused_at_once():
    with pytest.raises(KeyError, match="many"):
        Prepared("test_untyped", "SELECT %(many)s")
