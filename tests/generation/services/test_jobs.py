from __future__ import annotations

import pytest
from django.utils import timezone

from core.errors import DomainError, InputRefused
from generation.models import BriefRecord, Draft, GenerationJob
from generation.selectors import job_progress
from generation.services import job_cancel, job_create, job_finish, job_retry, job_work
from tests.factories.generation import brief, briefs, job

NOW = timezone.now()
pytestmark = pytest.mark.django_db


def _create(**changes):
    arguments = {"requested_by": "campaign:1", "candidates": 2, "seed": 5} | changes
    return job_create(arguments.pop("briefs", briefs(2)), **arguments)


def test_a_job_is_made_with_its_briefs_and_wakes_a_worker(woken, committed):
    with committed():
        made = _create()
    assert [record.key for record in made.briefs.order_by("id")] == [
        "segment-0/urgency",
        "segment-1/urgency",
    ]
    assert made.generator == "composer"
    assert woken == [("generation.tasks.job_run", {"job_id": made.pk})]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"briefs": []}, "briefs"),
        ({"briefs": [brief(), brief()]}, "briefs"),
        ({"candidates": 0}, "candidates"),
        ({"candidates": 101}, "candidates"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(changes, field):
    with pytest.raises(InputRefused) as refused:
        _create(**changes)
    assert refused.value.field == field
    assert not GenerationJob.objects.exists()


def test_a_job_for_an_unknown_generator_is_refused():
    with pytest.raises(DomainError, match="GENERATOR"):
        _create(generator="oracle")


def test_a_cancelled_job_writes_no_more_and_says_so(woken, committed):
    running = job(then="campaigns.tasks.variants_collect", then_id=7)
    with committed():
        job_cancel(running, now=NOW)
    job_work(running.pk, worker="w")
    running.refresh_from_db()
    assert running.status == "cancelled"
    assert running.finished_at == NOW
    assert not Draft.objects.exists()
    assert woken == [("campaigns.tasks.variants_collect", {"job_id": running.pk, "then_id": 7})]


def test_an_ended_job_cannot_be_cancelled():
    ended = job()
    job_work(ended.pk, worker="w")
    with pytest.raises(DomainError, match="ended already"):
        job_cancel(ended, now=NOW)


def test_a_cancelled_job_can_be_taken_up_again(woken, committed):
    made = job(count=2)
    job_cancel(made, now=NOW)
    with committed():
        job_retry(made)
    job_work(made.pk, worker="w")
    made.refresh_from_db()
    assert made.status == "done"
    assert job_progress(made).drafts == 4
    assert ("generation.tasks.job_run", {"job_id": made.pk}) in woken


def test_a_job_that_has_not_failed_cannot_be_tried_again():
    with pytest.raises(DomainError, match="has not failed"):
        job_retry(job())


def test_only_one_worker_ends_a_job(woken, committed):
    made = job(count=1, then="campaigns.tasks.variants_collect", then_id=7)
    BriefRecord.objects.update(status="done")
    with committed():
        ended = [job_finish(made.pk), job_finish(made.pk)]
    assert ended == [True, False]
    assert len(woken) == 1


def test_a_job_with_a_brief_left_does_not_end():
    assert job_finish(job(count=1).pk) is False


def test_progress_counts_briefs_and_drafts():
    made = job(count=3)
    assert job_progress(made).share == 0
    job_work(made.pk, worker="w")
    progress = job_progress(made)
    assert (progress.total, progress.done, progress.drafts, progress.shortfalls) == (3, 3, 6, [])
    assert progress.share == 1
