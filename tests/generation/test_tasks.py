"""Jobs in the hands of real Celery workers, one of which is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone

from config import embedded
from generation.models import BriefRecord, Draft, GenerationJob
from generation.services import job_work, jobs_sweep
from generation.tasks import job_run
from generation.tasks import jobs_sweep as sweep_task
from tests.factories.generation import job

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 1
SLOW = "python:tests.generation.backends.SlowGenerator"
DATABASE_OF_TEST_MESSAGES = 15


@pytest.fixture
def queue():
    """A queue of this test alone, on the Redis that runs here."""
    name = f"test-gpu-{os.getpid()}"
    app = Celery(broker=_broker(), set_as_current=False)
    yield lambda job_id: app.send_task("generation.tasks.job_run", [job_id], queue=name)
    with app.connection_for_write() as broker:
        broker.default_channel.client.delete(name, "gpu")


@pytest.fixture
def worker(transactional_db):
    """Starts worker processes; what still lives at the end is killed."""
    started = []

    def start():
        started.append(subprocess.Popen(_command(), cwd=ROOT, env=_environment(), **_SILENT))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


_SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _command():
    name = f"test-gpu-{os.getpid()}"
    flags = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"]
    return [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "-Q",
        name,
        "-P",
        "solo",
        *flags,
    ]


def _environment():
    address = str(settings.DATABASE_URL).replace(
        "/copylift", f"/{connection.settings_dict['NAME']}", 1
    )
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
        "CELERY_BROKER_URL": _broker(),
        "JOB_LEASE_SECONDS": str(LEASE_SECONDS),
        "RANK_WITH_ENCODER": "0",
    }


def _broker():
    return f"redis+socket://{embedded.redis_socket()}?virtual_host={DATABASE_OF_TEST_MESSAGES}"


def _wait_until(condition, *, seconds=40):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the workers did not get there in time"
        time.sleep(0.05)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_killing_a_worker_loses_and_doubles_no_draft(queue, worker, settings):
    settings.JOB_LEASE_SECONDS = LEASE_SECONDS
    made = job(count=36, generator=SLOW)
    processes = {process.pid: process for process in (worker(), worker())}
    queue(made.pk)

    _wait_until(lambda: {"done", "claimed"} <= _statuses(made))
    victim = processes.pop(_busy_process(made))
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    orphaned = made.briefs.filter(status="claimed").count()
    _wait_until(lambda: jobs_sweep(timezone.now()))
    queue(made.pk)
    _wait_until(lambda: GenerationJob.objects.get(pk=made.pk).status == "done")

    assert orphaned > 0
    undisturbed = job(count=36)
    job_work(undisturbed.pk, worker="undisturbed")
    assert _contents(made) == _contents(undisturbed)
    assert set(Counter(key for key, _, _ in _contents(made)).values()) == {2}


def _busy_process(made):
    """The process that holds the claims: a worker's name is host, process and message."""
    claimed_by = made.briefs.filter(status="claimed").values_list("claimed_by", flat=True)
    return int(claimed_by.first().split("/")[1])


def _statuses(made):
    return set(made.briefs.values_list("status", flat=True))


def _contents(made):
    drafts = Draft.objects.filter(brief__job=made).order_by("brief__key", "position")
    return [(draft.brief.key, draft.position, draft.content) for draft in drafts]


@pytest.mark.django_db
def test_the_tasks_call_the_services():
    made = job(count=1)
    job_run(made.pk)
    sweep_task()
    assert BriefRecord.objects.get().status == "done"
    assert GenerationJob.objects.get().status == "done"
