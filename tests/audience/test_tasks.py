import psycopg2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audience import tasks
from audience.models import Profile, Text
from audience.services import texts
from audience.services.understanding import LOCK
from inference.encoders import ScriptedEncoder
from tests.factories.audience import contact, read_text, text


@pytest.fixture(autouse=True)
def scripted_encoder(monkeypatch):
    monkeypatch.setattr(texts, "text_encoder", ScriptedEncoder)


@pytest.fixture
def woken(monkeypatch):
    names = []
    monkeypatch.setattr(tasks, "wake", names.append)
    return names


@pytest.mark.django_db
def test_understand_reads_what_is_new(woken):
    text("Soft wool")

    tasks.understand()

    assert Text.objects.get().status == Text.Status.READ
    assert woken == []


def rows_as_stored(table):
    """Which transaction wrote each row: whoever was touched has another one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, xmin::text FROM {table}")
        return dict(cursor.fetchall())


def queries_for_one_text(body, by):
    text(body, by=by)
    with CaptureQueriesContext(connection) as queries:
        tasks.understand()
    return len(queries)


@pytest.mark.django_db
def test_one_new_text_changes_its_contact_only_at_the_same_cost_in_a_larger_shop(woken):
    def grow(count):
        for number in range(count):
            read_text(f"Soft wool, number {number}")
        tasks.understand()

    grow(25)
    ann = contact("ann")
    small = queries_for_one_text("Linen trousers", ann)
    grow(150)
    tables = ["audience_profile", "audience_contact", "audience_text"]
    before = {table: rows_as_stored(table) for table in tables}

    large = queries_for_one_text("Silk blouse", ann)

    assert large == small
    after = {table: rows_as_stored(table) for table in tables}
    touched = {
        table: {row for row in after[table] if after[table][row] != before[table].get(row)}
        for table in tables
    }
    assert touched == {
        "audience_profile": {ann.profile.pk},
        "audience_contact": {ann.pk},
        "audience_text": {ann.texts.latest("pk").pk},
    }
    assert Profile.objects.get(contact=ann).text_count == 2


@pytest.mark.django_db
def test_understand_leaves_it_to_the_run_that_is_at_it(woken):
    text("Soft wool")
    parameters = connection.get_connection_params()
    keys = ("dbname", "user", "password", "host", "port")
    other = psycopg2.connect(**{key: parameters[key] for key in keys if parameters.get(key)})
    other.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCK])

    tasks.understand()
    other.close()

    assert Text.objects.get().status == Text.Status.NEW


@pytest.mark.django_db
def test_a_text_that_came_after_the_reading_wakes_the_task_again(woken, monkeypatch):
    text("Soft wool")
    understand = tasks.services.audience_understand

    def with_a_late_text(**options):
        done = understand(**options)
        text("Linen")
        return done

    monkeypatch.setattr(tasks.services, "audience_understand", with_a_late_text)

    tasks.understand()

    assert woken == ["audience.tasks.understand"]
