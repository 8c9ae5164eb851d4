"""Segment's own Python client against a running server."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from segment.analytics.client import Client

from events.models import Event
from tests.factories.events import write_key

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.events.api.test_segment"),
]


@pytest.fixture
def failures():
    return []


@pytest.fixture
def client(live_server, failures):
    return Client(
        write_key(),
        host=live_server.url,
        max_retries=1,
        on_error=lambda error, _: failures.append(error),
    )


def test_what_the_client_sends_is_in_the_log(client, failures):
    client.identify("u1", {"email": "ann@shop.example"})
    when = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
    client.track("u1", "Order Completed", {"revenue": 42.1}, timestamp=when)
    client.page("u1", "shop", "Home")
    client.group("u1", "g1", {"plan": "pro"})
    client.alias("a1", "u1")
    client.screen(anonymous_id="a2", name="Start")
    client.shutdown()
    assert failures == []
    order = Event.objects.get(kind="track")
    assert (order.unit_id, order.name) == ("u1", "Order Completed")
    assert (order.value, order.occurred_at) == (Decimal("42.1000"), when)
    assert order.context["library"]["name"] == "analytics-python"
    kinds = Event.objects.order_by("kind").values_list("kind", "unit_id")
    assert list(kinds) == [
        ("alias", "u1"),
        ("group", "u1"),
        ("identify", "u1"),
        ("page", "u1"),
        ("screen", "a2"),
        ("track", "u1"),
    ]


def test_hundreds_of_events_packed_arrive_each_once(live_server, failures):
    client = Client(
        write_key(),
        host=live_server.url,
        gzip=True,
        on_error=lambda error, _: failures.append(error),
    )
    for number in range(250):
        client.track(f"u{number}", "Clicked", message_id=f"m{number}")
        client.track(f"u{number}", "Clicked", message_id=f"m{number}")
    client.shutdown()
    assert failures == []
    assert Event.objects.count() == 250


def test_a_wrong_key_is_a_clean_error_and_not_retried(live_server, failures):
    client = Client(
        "ck_live_wrong", host=live_server.url, on_error=lambda error, _: failures.append(error)
    )
    client.track("u1", "Clicked")
    client.shutdown()
    assert [failure.status for failure in failures] == [401]
    assert failures[0].code == "invalid_key"
