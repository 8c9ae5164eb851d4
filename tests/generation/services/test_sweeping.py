from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from generation.models import BriefRecord, Draft
from generation.services import job_work, jobs_sweep
from generation.services.claims import briefs_claim
from tests.factories.generation import job

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(hours=1)


def test_the_work_of_a_dead_worker_moves_on(woken, django_capture_on_commit_callbacks):
    made = job(count=3)
    briefs_claim(made.pk, worker="dead", size=2)
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs_sweep(LATER) == 1
    assert set(BriefRecord.objects.values_list("status", "claimed_by")) == {("queued", "")}
    assert woken == [("generation.tasks.job_run", {"job_id": made.pk})]


def test_a_living_worker_is_left_alone(woken, django_capture_on_commit_callbacks):
    briefs_claim(job().pk, worker="alive", size=2)
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs_sweep(timezone.now()) == 0
    assert woken == []


def test_a_lost_message_is_sent_again_but_not_at_every_sweep():
    job()
    assert jobs_sweep(timezone.now()) == 0
    assert jobs_sweep(LATER) == 1
    assert jobs_sweep(LATER + timedelta(seconds=20)) == 0
    assert jobs_sweep(LATER + timedelta(seconds=120)) == 1


def test_a_job_whose_last_worker_died_before_ending_it_is_ended():
    made = job(count=1)
    job_work(made.pk, worker="w")
    type(made).objects.update(status="running", finished_at=None)
    assert jobs_sweep(LATER) == 1
    job_work(made.pk, worker="next")
    made.refresh_from_db()
    assert made.status == "done"


def test_a_brief_that_kills_its_workers_ends_the_job():
    made = job(count=2)
    for attempt in range(3):
        assert briefs_claim(made.pk, worker=f"w{attempt}", size=9)
        jobs_sweep(LATER)
    made.refresh_from_db()
    assert made.status == "failed"
    assert "stopped without a word 3 times" in made.error
    assert not Draft.objects.exists()


def test_ended_jobs_are_not_swept():
    job_work(job().pk, worker="w")
    assert jobs_sweep(LATER) == 0
