"""What leaves when PostgreSQL does not answer: a connection that is really refused."""

import socket
import threading
import time

import pytest
from django.db import connection

from campaigns import live_plans
from campaigns.personalise import NO_COPY, breaker, decide
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON


@pytest.fixture
def knits():
    return make.segment("knits")


@pytest.fixture
def live(owner, knits):
    return make.live_campaign(owner, segments=[knits])


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def with_a_database_that_is_down(work, *, port: int):
    """Run `work` in a thread whose own connection leads to `port`, where nobody listens."""
    results = []

    def body():
        connection.settings_dict = {
            **connection.settings_dict,
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        try:
            results.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=body)
    thread.start()
    thread.join(30)
    return results[0]


def test_the_control_leaves_from_what_was_known(live, knits):
    contact = make.contact(segments=[knits])
    live_plans.current(live.key)
    decision = with_a_database_that_is_down(
        lambda: decide(live.key, contact.external_id, now=NOW), port=closed_port()
    )
    assert (decision.arm, decision.fallback, decision.reason) == (
        "control",
        True,
        "database_unavailable",
    )
    assert decision.content.subject == "Hello, your spring dress is here"


def test_a_campaign_never_seen_leaves_nothing(live):
    decision = with_a_database_that_is_down(
        lambda: decide(live.key, "c-1", now=NOW), port=closed_port()
    )
    assert (decision.content, decision.fallback) == (NO_COPY, True)
    assert decision.reason == "database_unavailable"


def test_an_old_plan_is_better_than_none(live, settings):
    settings.DECIDE_PLAN_SECONDS = 0
    live_plans.current(live.key)
    decision = with_a_database_that_is_down(
        lambda: decide(live.key, "c-1", now=NOW), port=closed_port()
    )
    assert decision.content.subject == "Hello, your spring dress is here"


def test_nobody_waits_for_a_database_that_hangs_once_it_is_known_to(live):
    live_plans.current(live.key)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]

        def hundred_decisions():
            breaker.trip()
            started = time.monotonic()
            decisions = [decide(live.key, f"c-{n}", now=NOW) for n in range(100)]
            return time.monotonic() - started, decisions

        seconds, decisions = with_a_database_that_is_down(hundred_decisions, port=port)
    assert {decision.reason for decision in decisions} == {"database_unavailable"}
    assert seconds < 0.3


def test_when_the_database_is_back_the_test_goes_on(live, knits):
    contact = make.contact(segments=[knits])
    breaker.trip()
    assert decide(live.key, contact.external_id, now=NOW).fallback
    breaker.reset()
    assert not decide(live.key, contact.external_id, now=NOW).fallback


def test_a_broken_thing_that_is_not_the_database_still_gets_an_answer(live, knits):
    decision = decide(live.key, "c-\x00", now=NOW)
    assert (decision.arm, decision.fallback, decision.reason) == (
        "control",
        True,
        "internal_error",
    )
