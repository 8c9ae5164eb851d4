import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from core.models import AuditEntry
from events import retention
from events.erasure import EventsHolder
from events.models import Event, EventSeen, LogReader, Rejection
from events.months import month_of, months_later, part_name
from events.services import (
    StoreResult,
    batch_store,
    events_store,
    months_drop,
    months_make,
    months_make_ahead,
    new_events_store,
)
from events.services import months as service
from tests.factories.events import event, incoming_event, message, write_key

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OLD = date(2025, 9, 1)


@pytest.fixture(autouse=True)
def nothing_known():
    service.months_forget()
    yield
    service.months_forget()


@pytest.fixture
def needs(monkeypatch):
    registered = {}
    monkeypatch.setattr(retention, "_needs", registered)
    return registered


def came_in(month, **given):
    """An event that was stored in that month, with what is known of it."""
    came = incoming_event(**given)
    events_store([came], source="shop")
    months_make([month])
    moment = datetime(month.year, month.month, 15, tzinfo=UTC)
    Event.objects.filter(message_id=came.message_id).update(received_at=moment)
    EventSeen.objects.filter(month=month_of(timezone.now())).update(month=month)
    return came


def rows_in(month):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT message_id FROM {part_name(month)} ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def test_an_event_is_in_the_part_of_the_month_it_came_in():
    event(message_id="m")
    assert rows_in(month_of(timezone.now())) == ["m"]


def test_a_beat_makes_this_month_and_the_next_two_and_a_second_none():
    assert months_make_ahead(now=NOW.replace(year=2031)) == [
        date(2031, 11, 1),
        date(2031, 12, 1),
        date(2032, 1, 1),
    ]
    assert months_make_ahead(now=NOW.replace(year=2031)) == []


def test_what_came_in_another_month_is_no_news_when_it_comes_again():
    came = came_in(OLD)
    assert rows_in(OLD) == [came.message_id]
    assert events_store([came], source="shop") == StoreResult(stored=0, duplicates=1)
    assert new_events_store([came], source="shop") == frozenset()
    assert Event.objects.count() == 1


def drop_part(month):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {part_name(month)}")


def test_a_missing_part_is_made_when_an_event_comes():
    drop_part(month_of(timezone.now()))
    assert events_store([incoming_event()], source="shop").stored == 1


@pytest.mark.django_db(transaction=True)
def test_a_part_lost_under_a_process_is_a_try_again_and_then_no_trouble(client):
    header = {"Authorization": f"Bearer {write_key()}"}

    def tell(body):
        return client.post("/v1/batch", body, content_type="application/json", headers=header)

    assert tell({"batch": [message()]}).json()["stored"] == 1
    drop_part(month_of(timezone.now()))
    batch = {"batch": [message()]}
    refused = tell(batch)
    assert refused.status_code == 503
    assert int(refused["Retry-After"]) > 0
    assert tell(batch).json()["stored"] == 1
    assert tell(batch).json()["duplicates"] == 1


@pytest.mark.django_db(transaction=True)
def test_processes_that_make_the_same_part_at_once_and_store_get_along():
    drop_part(month_of(timezone.now()))
    events = [incoming_event(message_id=f"m{number}") for number in range(40)]
    stored, failures = [], []

    def store():
        try:
            service.months_forget()
            stored.append(batch_store(events, [], source="shop").stored)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=store) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert failures == []
    assert sum(stored) == Event.objects.count() == 40


def test_old_months_go_whole_and_the_audit_trail_says_so(needs):
    gone, kept = came_in(OLD), came_in(date(2025, 11, 1))
    Rejection.objects.create(source="shop", reason="because", payload={})
    Rejection.objects.update(received_at=datetime(2025, 9, 3, tzinfo=UTC))
    told = months_drop(months_kept=12, now=NOW)
    assert [(each.month, each.events) for each in told.dropped] == [(OLD, 1)]
    assert told.kept == ()
    assert list(Event.objects.values_list("message_id", flat=True)) == [kept.message_id]
    assert OLD not in service.parts()
    entry = AuditEntry.objects.get(action="events_month_drop")
    assert (entry.target_type, entry.target_id) == ("events.event", "2025-09")
    assert entry.detail == {"events": 1}
    assert not Rejection.objects.exists()
    # Its id went with the month; that of a month that is kept did not.
    assert events_store([gone, kept], source="shop") == StoreResult(stored=1, duplicates=1)


def test_nothing_younger_goes():
    came_in(date(2025, 11, 1))
    assert months_drop(months_kept=12, now=NOW).dropped == ()


def test_what_is_still_needed_stays(needs):
    came_in(OLD)
    needs["a running test"] = lambda: datetime(2025, 9, 20, tzinfo=UTC)
    (kept,) = months_drop(months_kept=12, now=NOW).kept
    assert (kept.month, kept.because) == (OLD, "a running test")
    assert Event.objects.count() == EventSeen.objects.count() == 1


def test_what_a_reader_has_not_read_stays(needs):
    came_in(OLD)
    LogReader.objects.create(name="slow", watermark=3)
    (kept,) = months_drop(months_kept=12, now=NOW).kept
    assert kept.because == "a reader of the log that has not come so far"
    LogReader.objects.update(watermark=2**62)
    assert months_drop(months_kept=12, now=NOW).dropped


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_the_log_makes_a_drop_wait_for_another_day(needs, monkeypatch):
    monkeypatch.setattr(service, "LOCK_SECONDS", 0.2)
    came_in(OLD)
    holds, may_go = threading.Event(), threading.Event()

    def hold():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN; SELECT count(*) FROM events_event")
            holds.set()
            may_go.wait(20)
            cursor.execute("ROLLBACK")
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert holds.wait(20)
        (kept,) = months_drop(months_kept=12, now=NOW).kept
    finally:
        may_go.set()
        holder.join()
    assert kept.because == "whoever reads or writes the log just now"
    assert len(months_drop(months_kept=12, now=NOW).dropped) == 1


def test_a_person_is_erased_from_every_month_and_what_they_did_does_not_come_back():
    old, new = came_in(OLD, unit_id="ann"), incoming_event(unit_id="ann")
    events_store([new], source="shop")
    assert EventsHolder().erase(["ann"]) == 2
    assert events_store([old, new], source="shop").stored == 0
    assert not Event.objects.exists()


def _executor():
    """One that goes the way of an older installation, step by step."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    return executor


@pytest.mark.django_db(transaction=True)
def test_the_log_of_an_older_version_moves_into_parts_and_back():
    executor = _executor()
    executor.migrate([("events", "0004_events_by_name")])
    ago = timezone.now() - timedelta(days=100)
    try:
        was = executor.loader.project_state([("events", "0004_events_by_name")]).apps
        rows = was.get_model("events", "Event").objects
        rows.bulk_create(
            rows.model(
                source="shop", message_id=f"m{n}", kind="track", name="A", unit_id="u",
                occurred_at=ago, received_at=ago + n * timedelta(days=20), properties={"n": n},
            )
            for n in range(6)
        )  # fmt: skip
        before = list(rows.order_by("id").values())
    finally:
        executor = _executor()
        executor.migrate([("events", "0005_parts_by_month")])
    assert list(Event.objects.order_by("id").values()) == before
    assert len([month for month in service.parts() if rows_in(month)]) >= 4
    again = [incoming_event(message_id=f"m{n}") for n in range(7)]
    assert events_store(again, source="shop") == StoreResult(stored=1, duplicates=6)
    assert Event.objects.latest("id").id > before[-1]["id"]
    assert months_later(month_of(timezone.now()), 2) in service.parts()
