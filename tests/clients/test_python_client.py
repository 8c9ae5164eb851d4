"""The Python client against this server over HTTP, and against one that fails when told to."""

import asyncio
import http.server
import random
import socket
import threading

import pytest
from copylift import (
    AsyncCopylift,
    Copylift,
    Decision,
    LineRefused,
    QueueFull,
    RateLimited,
    Refused,
    Retries,
    Unauthorized,
    Unavailable,
    messages,
)

from audience.models import Contact, Membership
from campaigns.personalise import decide
from core.api_keys import api_key_create
from events.models import Event
from experiments.models import Exposure
from experiments.services import holdout_create
from tests.factories import campaigns as make

SLOW = 30.0
IMPATIENT = Retries(tries=3, first_seconds=0.01, longest_seconds=0.05)


@pytest.fixture
def live(transactional_db, owner):
    """A campaign with a segment, and some people who are held out of everything."""
    holdout_create(key="2026", name="2026", share=0.2, actor=owner)
    segment = make.segment("knits")
    made = make.live_campaign(owner, segments=[segment])
    people = Contact.objects.bulk_create(
        Contact(external_id=f"c-{number}", first_name="Ada", email=f"c{number}@shop.example")
        for number in range(60)
    )
    Membership.objects.bulk_create(Membership(contact=one, segment=segment) for one in people)
    return made


@pytest.fixture
def key(live):
    return api_key_create("program", ["decide", "events", "flags"])[1]


@pytest.fixture
def client(live_server, key):
    with Copylift(live_server.url, key, timeout=SLOW) as client:
        yield client


def asked(live, contact):
    return decide(live.key, contact, now=make.NOON, is_counted=False)


def test_one_contact_gets_what_the_server_decides(client, live):
    said = client.decide(live.key, "c-1")
    ours = asked(live, "c-1")
    assert isinstance(said, Decision)
    assert (said.arm, said.segment, said.assignment) == (ours.arm, ours.segment, ours.assignment)
    assert said.content["subject"].startswith("Ada, ")
    assert client.decide(live.key, email="c1@shop.example").arm == said.arm


def test_many_contacts_get_theirs_in_order_and_a_bad_line_stops_no_other(client, live, monkeypatch):
    monkeypatch.setattr(messages, "LINES", 4)
    people = [f"c-{number}" for number in range(10)]
    given = [*people[:6], {"arm": "urgency"}, *people[6:]]
    said = list(client.decide_many(live.key, given))
    refused = said.pop(6)
    assert isinstance(refused, LineRefused)
    assert (refused.code, refused.line) == ("invalid_request", 7)
    assert [one.contact for one in said] == people
    assert [one.arm for one in said] == [asked(live, one).arm for one in people]
    counted = set(Exposure.objects.values_list("unit_id", flat=True))
    assert counted == {one for one in people if asked(live, one).assignment}


def test_flags_say_the_same_asked_for_and_split_here(client, live):
    local = client.local_flags()
    assert local.keys == [live.key]
    assert local.flag("no-such", "c-1") is None
    arms = set()
    for number in range(60):
        contact = f"c-{number}"
        ours = asked(live, contact)
        arms.add((ours.arm, ours.holdout))
        assert local.flag(live.key, contact, ["knits"]).variant == ours.arm
        assert client.flags(contact)[live.key].variant == ours.arm
    assert len(arms) > 2
    assert not Exposure.objects.exists()
    assert client.flag(live.key, "c-1").variant == asked(live, "c-1").arm


def test_events_are_stored_once_and_rejected_ones_are_told_of(live_server, key):
    told = []
    with Copylift(live_server.url, key, flush_seconds=SLOW, on_trouble=told.append) as client:
        for number in range(250):
            client.track(f"u-{number}", "Order Completed", {"revenue": number})
        for _ in range(2):
            client.track("u-twice", "Product Viewed", message_id="the-same")
        client.identify("u-1", {"firstName": "Ada"})
        client.track("", "Product Viewed")
    assert Event.objects.filter(name="Order Completed", value__isnull=False).count() == 250
    assert Event.objects.filter(message_id="the-same").count() == 1
    assert Event.objects.get(kind="identify").unit_id == "u-1"
    assert [len(one) for one in told] == [1]


def test_events_leave_by_themselves(live_server, key):
    with Copylift(live_server.url, key, flush_seconds=0.05) as client:
        client.track("u-1", "Product Viewed")
        arrived = threading.Event()
        for _ in range(400):
            if Event.objects.exists():
                arrived.set()
                break
            arrived.wait(0.05)
        assert arrived.is_set()


def test_what_asking_again_cannot_mend_is_said_at_once(live_server, client, live):
    with pytest.raises(Refused) as bad:
        client.decide(live.key)
    assert (bad.value.status, bad.value.code) == (400, "invalid_request")
    with Copylift(live_server.url, "ck_live_nobody") as stranger:
        with pytest.raises(Unauthorized):
            stranger.decide(live.key, "c-1")
        with pytest.raises(Refused):
            stranger.flag(live.key, "c-1")


def test_a_key_over_its_limit_is_told_how_long_to_wait(live_server, live):
    secret = api_key_create("program", ["decide"], requests_per_minute=1)[1]
    with Copylift(live_server.url, secret, timeout=SLOW, retries=IMPATIENT) as client:
        client.flag(live.key, "c-1")
        with pytest.raises(RateLimited) as limited:
            client.flag(live.key, "c-2")
    assert limited.value.retry_after > IMPATIENT.longest_seconds


def test_asyncio_gets_the_same(live_server, live, key):
    async def story():
        async with AsyncCopylift(live_server.url, key, timeout=SLOW) as client:
            one = await client.decide(live.key, "c-1")
            many = [each async for each in client.decide_many(live.key, ["c-1", "c-2"])]
            flag = await client.flag(live.key, "c-1")
            flags = await client.flags("c-2")
            local = await client.local_flags()
            for number in range(150):
                client.track(f"u-{number}", "Order Completed", {"revenue": 1})
            client.identify("u-1", {"firstName": "Ada"})
        return one, many, flag, flags, local

    one, many, flag, flags, local = asyncio.run(story())
    assert [one.arm, one.arm] == [many[0].arm, flag.variant]
    assert many[1].arm == flags[live.key].variant == local.flag(live.key, "c-2", ["knits"]).variant
    assert one.arm == asked(live, "c-1").arm
    assert Event.objects.count() == 151


class FailingServer(http.server.ThreadingHTTPServer):
    """Answers 503 so many times, then 200; keeps what it was sent."""

    def __init__(self, failures):
        super().__init__(("127.0.0.1", 0), Answering)
        self.failures_left = failures
        self.bodies = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Answering(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        fails = self.server.failures_left > 0
        self.server.failures_left -= 1
        said = b'{"code":"down","message":"away"}' if fails else self.server.answer
        self.send_response(503 if fails else 200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


@pytest.fixture
def failing():
    server = FailingServer(failures=2)
    server.answer = b'{"campaign":"a","arm":"control","content":{},"from_the_future":1}'
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_server_that_is_away_for_a_moment_is_asked_again(failing):
    with Copylift(failing.url, "k", timeout=SLOW, retries=IMPATIENT) as client:
        assert client.decide("a", "c-1").arm == "control"
    assert len(failing.bodies) == 3
    assert len(set(failing.bodies)) == 1


def test_events_wait_while_the_server_is_away(failing):
    failing.failures_left, failing.answer = 4, b'{"success":true}'
    with Copylift(failing.url, "k", retries=IMPATIENT, flush_seconds=SLOW) as client:
        client.track("c-1", "Product Viewed")
        with pytest.raises(Unavailable):
            client.flush()
        client.flush()
    assert len(failing.bodies) == 5
    assert len(set(failing.bodies)) == 1


def test_an_answer_that_was_cut_off_is_no_answer(failing):
    failing.failures_left, failing.answer = 0, b'{"campaign":"a","arm":"b","content":{}}\n'
    with (
        Copylift(failing.url, "k") as client,
        pytest.raises(Unavailable, match="1 answers to 2"),
    ):
        list(client.decide_many("a", ["c-1", "c-2"]))


def test_where_nobody_listens_the_last_try_says_so():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with (
            Copylift(
                f"http://127.0.0.1:{probe.getsockname()[1]}", "k", retries=IMPATIENT
            ) as client,
            pytest.raises(Unavailable, match="no answer") as said,
        ):
            client.decide("a", "c-1")
    assert said.value.retry_after == 0


def test_a_full_queue_takes_no_more():
    queue = messages.Queue(most=2)
    queue.put({"a": 1})
    queue.put({"a": 2})
    with pytest.raises(QueueFull):
        queue.put({"a": 3})
    assert queue.next_batch() == [b'{"a": 1}', b'{"a": 2}']


def test_a_batch_keeps_below_what_the_door_takes():
    queue = messages.Queue(most=100)
    for _ in range(30):
        queue.put({"a": "x" * 30_000})
    while batch := queue.next_batch():
        assert len(messages.batch_body(batch)) <= 500 * 1024
        queue.sent(batch)
    assert len(queue) == 0


def test_waits_double_at_most_and_are_never_shorter_than_the_server_asks():
    retries, rng = Retries(tries=10, first_seconds=1.0, longest_seconds=8.0), random.Random(7)
    for tried, most in [(1, 1.0), (2, 2.0), (4, 8.0), (9, 8.0)]:
        waits = [retries.wait_after(tried, Unavailable("down"), rng) for _ in range(200)]
        assert 0 <= min(waits) < most / 10
        assert most * 0.9 < max(waits) <= most
    asked_for = [retries.wait_after(1, Unavailable("down", 3.0), rng) for _ in range(50)]
    assert 3.0 <= min(asked_for) < max(asked_for) <= 4.0
    with pytest.raises(Unavailable):
        retries.wait_after(1, Unavailable("down", 9.0), rng)
    with pytest.raises(Unavailable):
        retries.wait_after(10, Unavailable("down"), rng)
