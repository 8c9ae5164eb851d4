from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from generation.models import GenerationJob
from generation.services import job_cancel, job_create
from tests.factories.generation import brief

PRESSED = {"_form_submitted": "on"}


@pytest.fixture
def job(db):
    return job_create([brief()], requested_by="test:1", candidates=1, seed=7)


@pytest.fixture
def logged_in(client, owner):
    client.force_login(owner)
    return client


def url(page, job):
    return reverse(f"admin:generation_generationjob_{page}", args=[job.pk])


def test_a_job_shows_how_far_it_is(logged_in, job):
    assert "0 of 1 briefs" in logged_in.get(url("change", job)).content.decode()


def test_an_unfinished_job_can_be_cancelled(logged_in, job):
    logged_in.post(url("cancel", job), PRESSED)
    job.refresh_from_db()
    assert job.status == GenerationJob.Status.CANCELLED


def test_a_cancelled_job_can_be_tried_again(logged_in, job):
    job_cancel(job, now=timezone.now())
    logged_in.post(url("retry", job), PRESSED)
    job.refresh_from_db()
    assert job.status == GenerationJob.Status.QUEUED


def test_only_what_fits_the_job_is_offered(logged_in, job):
    shown = logged_in.get(url("change", job)).content.decode()
    assert url("cancel", job) in shown
    assert url("retry", job) not in shown


def test_looking_at_the_question_changes_nothing(logged_in, job):
    logged_in.get(url("cancel", job))
    job.refresh_from_db()
    assert job.status == GenerationJob.Status.QUEUED


def test_steering_takes_a_right(client, stranger, job):
    client.force_login(stranger)
    assert client.post(url("cancel", job), PRESSED).status_code == 403
