"""Clients for Node, as they are, against a running server.

They are skipped where they are not installed: `npm install` in this folder, or name another folder
that holds `node_modules` in COPYLIFT_NODE_CLIENTS.
"""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from events.models import Event
from tests.factories.events import write_key

HERE = Path(__file__).parent
CLIENTS = Path(os.environ.get("COPYLIFT_NODE_CLIENTS", HERE))

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.skipif(
        not (shutil.which("node") and (CLIENTS / "node_modules").is_dir()),
        reason="needs node, and `npm install` in tests/events/clients",
    ),
]


def send(client, host, key):
    return subprocess.run(
        ["node", str(HERE / "send.cjs"), client, host, key],
        env={**os.environ, "NODE_PATH": str(CLIENTS / "node_modules")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("client", "kinds"),
    [
        ("segment", ["alias", "group", "identify", "page", "screen", "track"]),
        ("rudderstack", ["alias", "group", "identify", "page", "screen", "track"]),
        ("dittofeed", ["identify", "page", "screen", "track"]),
    ],
)
def test_what_the_client_sends_is_in_the_log(client, kinds, live_server):
    said = send(client, live_server.url, write_key())
    assert (said.returncode, said.stdout) == (0, ""), said.stderr
    assert list(Event.objects.order_by("kind").values_list("kind", flat=True)) == kinds
    order = Event.objects.get(kind="track")
    assert (order.unit_id, order.name, order.value) == ("u1", "Order Completed", Decimal("42.1"))
    if client != "dittofeed":
        assert order.occurred_at == datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
    assert Event.objects.get(kind="identify").properties == {"email": "ann@shop.example"}


def test_a_wrong_key_is_told_to_segments_client(live_server):
    said = send("segment", live_server.url, "ck_live_wrong")
    assert "401" in said.stdout
    assert not Event.objects.exists()
