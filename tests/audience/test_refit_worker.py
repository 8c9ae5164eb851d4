"""A refit in a process of its own, which is killed in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from audience.models import Clustering, ClusteringJob, Contact, Profile
from audience.services import refit_request, refit_run, refits_sweep
from audience.services.refits import LEASE
from tests.factories.audience import NOON

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 1_200
WORK = """
import sys, django
django.setup()
from django.utils import timezone
from audience.services import refit_run
refit_run(int(sys.argv[1]), now=timezone.now())
"""


@pytest.fixture
def people(transactional_db):
    rng = np.random.default_rng(1)
    vectors = rng.normal(0, 0.08, (PEOPLE, 384)) + np.eye(6, 384)[rng.integers(0, 6, PEOPLE)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    contacts = Contact.objects.bulk_create(
        Contact(external_id=f"c{number}") for number in range(PEOPLE)
    )
    Profile.objects.bulk_create(
        Profile(
            contact=contact,
            vector=vector.astype(np.float32),
            sentiment=0.5,
            text_count=1,
            last_text_at=NOON,
            updated_at=NOON,
        )
        for contact, vector in zip(contacts, vectors, strict=True)
    )


@pytest.fixture
def worker():
    """Starts a process that does a refit; what still lives at the end is killed."""
    started = []
    address = str(settings.DATABASE_URL).replace(
        "/copylift", f"/{connection.settings_dict['NAME']}", 1
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": address,
        "REDIS_URL": settings.REDIS_URL,
    }

    def start(job):
        command = [sys.executable, "-c", WORK, str(job.pk)]
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
def test_killing_the_worker_loses_no_refit_and_leaves_nothing_half_done(people, worker):
    job = refit_request(estimator="kmeans", count=None, random_state=1, actor=None, now=NOON)
    process = worker(job)
    wait_until(lambda: ClusteringJob.objects.get().done > 5)
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert ClusteringJob.objects.get().status == "running"
    assert not Clustering.objects.exists()
    assert not Profile.objects.exclude(cluster=None).exists()

    later = timezone.now() + LEASE * 2
    assert refits_sweep(now=later) == 1
    assert refit_run(job.pk, now=later).profile_count == PEOPLE
    assert ClusteringJob.objects.get().status == "done"
    assert not Profile.objects.filter(cluster=None).exists()
