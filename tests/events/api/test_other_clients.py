"""The other real clients that speak Segment's HTTP API, as they are, against a running server."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from customerio.analytics.client import Client as CustomerIo
from rudderstack.analytics.client import Client as RudderStack

from events.models import Event
from tests.factories.events import write_key

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.events.api.test_segment"),
]
WHEN = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)


@pytest.fixture
def failures():
    return []


@pytest.fixture(params=[RudderStack, CustomerIo], ids=["rudderstack", "customerio"])
def client(request, live_server, failures):
    return request.param(
        write_key(),
        host=live_server.url,
        max_retries=1,
        on_error=lambda error, _: failures.append(error),
    )


def test_what_the_client_sends_is_in_the_log(client, failures):
    client.identify("u1", {"email": "ann@shop.example"})
    client.track("u1", "Order Completed", {"revenue": 42.1}, timestamp=WHEN)
    client.page("u1", "shop", "Home")
    client.group("u1", "g1", {"plan": "pro"})
    client.alias("a1", "u1")
    client.screen("u1", "app", "Start")
    client.shutdown()
    assert failures == []
    kinds = Event.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["alias", "group", "identify", "page", "screen", "track"]
    order = Event.objects.get(kind="track")
    assert (order.unit_id, order.name, order.value) == ("u1", "Order Completed", Decimal("42.1"))
    assert order.occurred_at == WHEN
    assert Event.objects.get(kind="alias").properties["previousId"] == "a1"


def test_a_wrong_key_is_a_clean_error_and_not_retried(live_server, failures):
    client = RudderStack(
        "ck_live_wrong", host=live_server.url, on_error=lambda error, _: failures.append(error)
    )
    client.track("u1", "Clicked")
    client.shutdown()
    assert [failure.status for failure in failures] == [401]
    assert not Event.objects.exists()
