"""Something is killed while clients ask and tell: nothing acknowledged is lost, nobody changes arm,
and all is well again without a hand.
"""

import os
import statistics
import time
from functools import partial

import httpx
import pytest

from benchmarks.decide_campaign import CAMPAIGN
from tests.journeys.installation import Installation, wait_for
from tests.journeys.load import Load

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("faults")]

CONTACTS = 1_500
BACK_SECONDS = 90
UNDER_LOAD_SECONDS = 1.5
QUESTIONS_WHILE_DOWN = 20
ANSWER_SECONDS = 0.3
STORED = """
import django; django.setup()
import json
from collections import Counter
from audience.models import Contact
from events.models import Event
from experiments.models import Exposure
ids = Event.objects.filter(unit_id__startswith="fault-").values_list("message_id", flat=True)
arms = Exposure.objects.values_list("unit_id", "arm__key", "has_other_arm")
people = Contact.objects.filter(external_id__startswith="fault-")
print(json.dumps({
    "events": Counter(ids),
    "arms": {unit: [arm, other] for unit, arm, other in arms},
    "people": Counter(people.values_list("external_id", flat=True)),
}))
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    made = Installation(tmp_path_factory.mktemp("faults"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def prepared(installation):
    return installation.prepare(CONTACTS)


@pytest.fixture
def client(installation, prepared):
    _, key = prepared
    with httpx.Client(
        base_url=installation.address, headers={"Authorization": f"Bearer {key}"}, timeout=30
    ) as client:
        yield client


def ask(client, contact):
    return client.get("/v1/decide", params={"campaign": CAMPAIGN, "contact": contact}).json()


def tell(client, person="fault-probe"):
    message = {"messageId": os.urandom(8).hex(), "userId": person, "event": "Product Viewed"}
    return client.post("/v1/track", json=message)


def is_well(client):
    try:
        return (
            tell(client).status_code == 200
            and not ask(client, "bench-000000")["fallback"]
            and client.get("/healthz").status_code == 200
        )
    except httpx.TransportError:
        return False


def test_what_was_acknowledged_is_there_once_whatever_is_killed(installation, prepared, client):
    contacts, key = prepared
    with Load(installation.address, key, contacts, CAMPAIGN) as load:
        for name in ("web worker", "web", "worker-default", "redis", "postgres"):
            time.sleep(UNDER_LOAD_SECONDS)
            killed = installation.process_of(name)
            installation.kill(name)
            back = partial(installation.is_back, name, killed)
            wait_for(f"another {name}", back, BACK_SECONDS)
            wait_for(f"all is well after {name}", lambda: is_well(client), BACK_SECONDS)
        time.sleep(UNDER_LOAD_SECONDS)
    assert load.trouble == []
    assert load.tries_again > 0
    assert len(load.acknowledged) > 100
    assert load.counted_answers > 100
    stored = wait_for(
        "every acknowledged person is a contact",
        lambda: _all_known(installation, load.known_since),
        BACK_SECONDS,
    )
    assert load.acknowledged <= set(stored["events"])
    assert set(stored["events"].values()) == {1}
    assert set(stored["people"].values()) == {1}
    assert {
        contact: arms for contact, arms in load.arms.items() if arms != {stored["arms"][contact][0]}
    } == {}
    assert not any(has_other for _, has_other in stored["arms"].values())


def _all_known(installation, people):
    stored = installation.run(STORED)
    return stored if people <= set(stored["people"]) else None


@pytest.fixture
def nobody_helps(installation, client):
    """All is well, and what falls stays down until the test lets the launcher go."""
    wait_for("all is well", lambda: is_well(client), BACK_SECONDS)
    installation.hold_launcher()
    yield
    installation.let_launcher_go()


def asked_while_down(client, contacts):
    """What was said to contacts never asked for before, and the seconds each waited."""
    said, seconds = [], []
    for contact in contacts:
        started = time.perf_counter()
        said.append(ask(client, contact))
        seconds.append(time.perf_counter() - started)
    return said, seconds


def test_without_database_decide_says_control_and_events_wait(
    installation, prepared, client, nobody_helps
):
    killed = installation.process_of("postgres")
    installation.kill("postgres")
    # Its backends notice a moment later that their parent is gone.
    wait_for("the database is away", lambda: tell(client).status_code == 503, BACK_SECONDS)
    said, seconds = asked_while_down(client, [f"new-{n}" for n in range(QUESTIONS_WHILE_DOWN)])
    assert {(one["arm"], one["fallback"], one["reason"]) for one in said} == {
        ("control", True, "database_unavailable")
    }
    assert all(one["content"]["subject"] for one in said)
    assert statistics.median(seconds) < ANSWER_SECONDS
    refused = tell(client)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert set(refused.json()) == {"code", "message"}
    installation.let_launcher_go()
    wait_for("another postgres", lambda: installation.is_back("postgres", killed), BACK_SECONDS)
    wait_for("all is well", lambda: is_well(client), BACK_SECONDS)


def test_without_redis_decide_and_events_go_on(installation, prepared, client, nobody_helps):
    before = {contact: ask(client, contact)["arm"] for contact in prepared[0][:5]}
    killed = installation.process_of("redis")
    installation.kill("redis")
    contacts = [*before, *prepared[0][-QUESTIONS_WHILE_DOWN:]]
    said, seconds = asked_while_down(client, contacts)
    assert not any(one["fallback"] for one in said)
    assert {one: answer["arm"] for one, answer in zip(before, said, strict=False)} == before
    assert statistics.median(seconds) < ANSWER_SECONDS
    assert tell(client).status_code == 200
    assert client.get("/healthz").status_code == 503
    installation.let_launcher_go()
    wait_for("another redis", lambda: installation.is_back("redis", killed), BACK_SECONDS)
    wait_for("all is well", lambda: is_well(client), BACK_SECONDS)
