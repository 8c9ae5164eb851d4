"""A build in a process of its own, which is killed in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from audience.models import Contact, FutureMember, Membership, SegmentBuild
from audience.services import build_order, build_run, builds, builds_sweep
from tests.factories.audience import NOON, contact, rule_segment

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 2_000
# In many chunks, with a pause between them, so that there is a middle to be killed in.
WORK = """
import sys, time, django
django.setup()
from audience.services import builds
builds.CONTACTS_PER_CHUNK = 100
find = builds._find
builds._find = lambda *given, **more: (time.sleep(0.2), find(*given, **more))
builds.build_run(int(sys.argv[1]))
"""


@pytest.fixture
def worker():
    """Starts a process that builds; what still lives at the end is killed."""
    started = []
    address = str(settings.DATABASE_URL).replace(
        "/copylift", f"/{connection.settings_dict['NAME']}", 1
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
    }

    def start(build):
        command = [sys.executable, "-c", WORK, str(build.pk)]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_until(condition, *, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the worker did not get there in time"
        time.sleep(0.02)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_killing_the_builder_loses_no_build_and_shows_nobody_half_of_it(worker):
    old = contact("was there before")
    Contact.objects.bulk_create(
        Contact(external_id=f"c{n}", attributes={"age": n % 50}) for n in range(PEOPLE)
    )
    segment = rule_segment({"attribute": "age", "lt": 25})
    Membership.objects.create(segment=segment, contact=old)
    build = build_order(segment, now=NOON)

    process = worker(build)
    wait_until(lambda: SegmentBuild.objects.get().done >= 300)
    process.send_signal(signal.SIGKILL)
    process.wait()

    stopped = SegmentBuild.objects.get()
    assert (stopped.status, stopped.total) == ("running", PEOPLE + 1)
    assert stopped.done < PEOPLE
    assert FutureMember.objects.count() > 0
    assert [one.contact for one in Membership.objects.all()] == [old]

    # Whom it found before is not looked at again.
    Contact.objects.filter(pk__lte=stopped.reached_id).update(attributes={})
    assert builds_sweep(now=timezone.now() + builds.LEASE * 2) == 1
    done = build_run(build.pk)

    assert (done.size, done.done, done.attempts) == (PEOPLE / 2, PEOPLE + 1, 2)
    assert Membership.objects.filter(segment=segment).count() == PEOPLE / 2
    assert not FutureMember.objects.exists()
