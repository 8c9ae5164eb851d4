"""The chat's streams, held by the process that production runs: real sockets, real Redis."""

from __future__ import annotations

import http.client
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from assistant import services
from assistant.stream_tickets import PATH, TOPIC, may_listen, stream_url
from config import launch
from core.broadcasts import _announce
from tests.assistant import stream_server
from tests.assistant.stream_server import Listener, serving, wait_for_health
from tests.factories import assistant as make

ONE, OTHER = "6f0c8f2e-4a55-4f6a-9d26-1d2f3c4b5a60", "b1d2a3c4-5e6f-4a7b-8c9d-0e1f2a3b4c5d"


@pytest.fixture(scope="module")
def server():
    with serving() as address:
        yield address


@pytest.fixture(autouse=True)
def _here(settings, request):
    if "server" in request.fixturenames:
        settings.ASSISTANT_STREAM_URL = request.getfixturevalue("server")


def url_of(conversation):
    return stream_url(conversation, now=timezone.now())


def tell(conversation):
    """As `announce` does once its transaction has committed."""
    _announce(TOPIC, conversation)


def test_a_reply_rings_within_a_second_and_only_where_it_was_said(server):
    with Listener(url_of(ONE)) as mine, Listener(url_of(OTHER)) as theirs:
        began = time.perf_counter()
        tell(ONE)
        assert mine.next() == "data: new"
        assert time.perf_counter() - began < 1
        assert theirs.silent_for(0.5)


@pytest.mark.django_db(transaction=True)
def test_what_staff_do_is_announced_once_it_is_kept(server, owner):
    conversation = services.conversation_start(make.knowledge_base(key="help"), now=timezone.now())
    services.conversation_hand_over(conversation, now=timezone.now())
    with Listener(url_of(str(conversation.pk))) as stream:
        services.conversation_reply(conversation, "Hello", actor=owner, now=timezone.now())
        assert stream.next() == "data: new"
        services.conversation_solve(conversation, actor=owner)
        assert stream.next() == "data: new"


def test_a_page_of_any_origin_may_read_it_and_no_proxy_may_keep_it(server):
    with Listener(url_of(ONE)) as stream:
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["access-control-allow-origin"] == "*"
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"


@pytest.mark.parametrize("spoilt", ["conversation", "until", "seal"])
def test_a_ticket_that_is_not_ours_opens_nothing(server, spoilt):
    other = {"conversation": OTHER, "until": "9999999999", "seal": "é"}[spoilt]
    parts = [
        f"{name}={other}" if name == spoilt else f"{name}={value}"
        for name, value in (pair.split("=") for pair in urlsplit(url_of(ONE)).query.split("&"))
    ]
    assert Listener(f"{server}{PATH}?{'&'.join(parts).replace('é', '%C3%A9')}").status == 403


def test_a_ticket_is_good_for_two_minutes():
    given = datetime(2026, 11, 27, tzinfo=UTC)
    ticket = dict(parse_qsl(urlsplit(stream_server.url_of(ONE, now=given)).query))
    assert may_listen(**ticket, now=given + timedelta(seconds=119))
    assert not may_listen(**ticket, now=given + timedelta(seconds=120))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", PATH, 405), ("GET", "/v1/assistant/messages", 404), ("GET", PATH, 403)],
)
def test_it_answers_nothing_else(server, method, path, status):
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=5)
    connection.request(method, path)
    assert connection.getresponse().status == status


def test_it_says_that_it_lives_and_ends_in_time():
    limited = serving(heartbeat_seconds=0.2, life_seconds=1.5)
    with limited as address, Listener(address + url_path(ONE)) as stream:
        began = time.perf_counter()
        assert stream.next() == ": still here"
        stream.until_end()
        assert 1 < time.perf_counter() - began < 3


def test_who_finds_no_place_is_told_to_come_back_and_a_place_is_free_again_at_once():
    with serving(most=3, most_of_one=2) as address, ExitStack() as held:
        first, _ = (held.enter_context(Listener(address + url_path(ONE))) for _ in range(2))
        third = Listener(address + url_path(ONE))
        assert (third.status, third.headers["retry-after"]) == (429, "30")
        held.enter_context(Listener(address + url_path(OTHER)))
        full = Listener(address + url_path("c0ffee00-0000-4000-8000-000000000000"))
        assert (full.status, full.headers["retry-after"]) == (503, "30")
        first.close()
        wait_for_health(address, "2 streams")
        assert Listener(address + url_path(ONE)).status == 200


def test_without_redis_nobody_waits_for_what_would_not_be_heard(tmp_path):
    with serving(redis_url=f"unix://{tmp_path}/none.sock", healthy=False) as address:
        assert Listener(address + url_path(ONE)).status == 503


def test_four_hundred_wait_in_one_process_and_each_is_told(server):
    with ExitStack() as held:
        streams = [held.enter_context(Listener(url_of(f"{ONE[:-4]}{n:04d}"))) for n in range(400)]
        began = time.perf_counter()
        for number in range(400):
            tell(f"{ONE[:-4]}{number:04d}")
        assert {stream.next() for stream in streams} == {"data: new"}
        assert time.perf_counter() - began < 5


def test_who_runs_copylift_on_this_machine_has_streams_and_elsewhere_the_operator_says(monkeypatch):
    monkeypatch.delenv("ASSISTANT_STREAM_URL", raising=False)
    monkeypatch.delenv("HOST", raising=False)
    assert launch.stream_url(8001) == "http://127.0.0.1:8001"
    assert "config.streams:application" in launch.streams(8001).command
    monkeypatch.setenv("HOST", "0.0.0.0")
    assert launch.stream_url(8001) == ""
    monkeypatch.setenv("ASSISTANT_STREAM_URL", "https://copylift.shop.example")
    assert launch.stream_url(8001) == "https://copylift.shop.example"


def url_path(conversation):
    parts = urlsplit(url_of(conversation) or stream_server.url_of(conversation))
    return f"{parts.path}?{parts.query}"
