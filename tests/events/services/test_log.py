import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from events.incoming import parse_json
from events.models import Event, Rejection
from events.services import RefusedMessage, StoreResult, batch_store, events_store
from tests.factories.events import incoming_event

pytestmark = pytest.mark.django_db


def test_an_event_is_stored_as_it_came():
    properties = parse_json('{"revenue": 0.10, "note": "naïve \\\\N \\" {}"}'.encode())
    came = incoming_event(
        message_id="m1",
        value=Decimal("0.1000"),
        properties=properties,
        context={"ip": "::1"},
        occurred_at=datetime(2026, 3, 1, 10, 30, 0, 123456, tzinfo=UTC),
    )
    events_store([came], source="shop")
    stored = Event.objects.get()
    assert (stored.source, stored.message_id, stored.kind) == ("shop", "m1", "track")
    assert (stored.name, stored.unit_id) == ("Order Completed", "u1")
    assert stored.occurred_at == came.occurred_at
    assert stored.value == Decimal("0.1000")
    assert stored.properties == {"revenue": 0.1, "note": 'naïve \\N " {}'}
    assert stored.context == {"ip": "::1"}


def test_an_event_is_stored_once_however_often_sent():
    events = [incoming_event(), incoming_event()]
    assert events_store(events, source="shop") == StoreResult(stored=2, duplicates=0)
    new = incoming_event()
    assert events_store([*events, new, new], source="shop") == StoreResult(stored=1, duplicates=3)
    assert Event.objects.count() == 3


def test_two_sources_may_use_the_same_message_id():
    event = incoming_event()
    events_store([event], source="shop")
    assert events_store([event], source="mail").stored == 1


def test_nothing_to_store_is_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert events_store([], source="shop") == StoreResult(0, 0)


def test_any_number_of_events_is_one_statement(django_assert_num_queries):
    events = [incoming_event() for _ in range(200)]
    with django_assert_num_queries(1):
        events_store(events, source="shop")


def test_the_worth_keeps_its_last_digit():
    worth = Decimal("12345678901234.5678")
    events_store([incoming_event(value=worth)], source="shop")
    assert Event.objects.get().value == worth


def test_an_event_without_a_worth_has_none():
    events_store([incoming_event(value=None), incoming_event()], source="shop")
    assert Event.objects.filter(value=None).count() == 1


@pytest.mark.parametrize(
    "message", [{"a": "\x00"}, {"a": Decimal("NaN")}, "\ud800", None, "x" * 9_000]
)
def test_a_refused_message_is_kept_whatever_it_holds(message):
    batch_store([], [RefusedMessage(0, "because", message)], source="shop")
    rejection = Rejection.objects.get()
    assert (rejection.source, rejection.reason) == ("shop", "because")
    assert len(rejection.payload["text"]) <= 4_000


@pytest.mark.django_db(transaction=True)
def test_overlapping_batches_in_other_orders_at_once_store_each_event_once():
    events = [incoming_event(message_id=f"m{number}") for number in range(150)]
    orders = [events, events[::-1], events[75:] + events[:75], events[::2] + events[1::2]] * 5
    stored, failures = [], []

    def store(batch):
        try:
            stored.append(events_store(batch, source="shop").stored)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=store, args=[batch]) for batch in orders]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert failures == []
    assert sum(stored) == Event.objects.count() == 150
