import threading

import pytest

from campaigns.breaker import Breaker


class Clock:
    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


class Part:
    """Something that is down until told otherwise, and counts who asked."""

    def __init__(self):
        self.is_up = False
        self.asked = 0
        self.answered = threading.Event()

    def __call__(self):
        self.asked += 1
        try:
            if not self.is_up:
                raise ConnectionError
        finally:
            self.answered.set()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def part():
    return Part()


@pytest.fixture
def breaker(part, clock):
    return Breaker(part, pause_seconds=2, failures=(ConnectionError,), clock=clock)


def wait_for_probe(breaker, part):
    assert part.answered.wait(5)
    with breaker._probing:
        part.answered.clear()


def test_it_lets_everyone_through_until_a_failure(breaker):
    assert breaker.is_closed()


def test_after_a_failure_nobody_asks_during_the_pause(breaker, part):
    breaker.trip()
    assert not breaker.is_closed()
    assert part.asked == 0


def test_after_the_pause_a_probe_finds_the_part_up_and_closes_it(breaker, part, clock):
    breaker.trip()
    clock.seconds += 2
    part.is_up = True
    assert not breaker.is_closed()
    wait_for_probe(breaker, part)
    assert breaker.is_closed()


def test_a_failed_probe_starts_another_pause(breaker, part, clock):
    breaker.trip()
    clock.seconds += 2
    breaker.is_closed()
    wait_for_probe(breaker, part)
    assert not breaker.is_closed()
    assert part.asked == 1


def test_only_one_probe_runs_at_a_time(clock):
    entered, leave = threading.Event(), threading.Event()
    probes = []

    def slow_probe():
        probes.append(threading.current_thread())
        entered.set()
        leave.wait(5)

    breaker = Breaker(slow_probe, pause_seconds=2, failures=(ConnectionError,), clock=clock)
    breaker.trip()
    clock.seconds += 2
    assert [breaker.is_closed() for _ in range(20)] == [False] * 20
    assert entered.wait(5)
    leave.set()
    probes[0].join(5)
    assert len(probes) == 1
    assert breaker.is_closed()
