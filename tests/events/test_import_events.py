import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from events.incoming import parse_event
from events.models import Event
from events.services import events_store
from tests.factories.events import NOON, message

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(tmp_path, capsys):
    def run(content, *options, name="orders.csv"):
        path = tmp_path / name
        path.write_text(content)
        call_command("import_events", str(path), *options)
        return capsys.readouterr().out

    return run


def test_an_order_becomes_an_event(load):
    load(
        "event_id,customer_id,event,time,revenue,currency,items\n"
        "o1,c1,Order Completed,2025-03-01 10:30,42.10,EUR,3\n"
    )
    event = Event.objects.get()
    assert (event.source, event.message_id, event.kind) == ("import:orders.csv", "o1", "track")
    assert (event.unit_id, event.name, event.value) == ("c1", "Order Completed", Decimal("42.10"))
    assert event.occurred_at == datetime(2025, 3, 1, 10, 30, tzinfo=UTC)
    assert event.properties == {"currency": "EUR", "items": 3}


def test_rows_without_ids_are_stored_once_however_often_imported(load):
    content = "unit_id,name,occurred_at\nc1,Visited,2025-03-01\nc2,Visited,2025-03-01\n"
    assert "2 inserted" in load(content)
    assert "2 unchanged" in load(content)
    assert Event.objects.count() == 2


def test_the_source_may_be_named_and_keeps_ids_apart(load):
    content = "unit_id,name,occurred_at,message_id\nc1,Visited,2025-03-01,m1\n"
    load(content, "--source", "till")
    load(content)
    assert set(Event.objects.values_list("source", flat=True)) == {"till", "import:orders.csv"}


def test_a_source_too_long_is_refused(load):
    with pytest.raises(CommandError, match="longer than 60"):
        load("unit_id,occurred_at\n", "--source", "x" * 61)


def test_an_export_in_segments_shape_means_what_the_door_would_make_of_it(load):
    sent = [
        message(timestamp="2025-03-01T10:30:00Z", properties={"revenue": 42.1, "note": "x"}),
        message(timestamp="2025-03-02T10:30:00Z", properties={"value": 7}),
        message(timestamp="2025-03-03T10:30:00Z", properties={"value": "blue"}),
        message(timestamp="2025-03-04T10:30:00Z", type="page", event=None, properties=None),
    ]
    events_store([parse_event(each, now=NOON) for each in sent], source="door")
    load("\n".join(map(json.dumps, sent)), "--source", "file", name="segment.jsonl")
    fields = ["message_id", "kind", "name", "unit_id", "occurred_at", "value", "properties"]
    by_door = Event.objects.filter(source="door").order_by("message_id").values(*fields)
    by_file = Event.objects.filter(source="file").order_by("message_id").values(*fields)
    assert list(by_file) == list(by_door)
    assert len(by_file) == 4


@pytest.mark.parametrize(
    "row", [",Visited,2025-03-01", "c1,Visited,", "c1,Visited,1999-01-01", "c1,Visited,2999-01-01"]
)
def test_what_no_event_can_be_is_rejected(load, row):
    assert "1 rejected" in load(f"unit_id,name,occurred_at\n{row}\n")
