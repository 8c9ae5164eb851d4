from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from generation.briefs import Brief, Copy
from generation.guardrails import check
from generation.models import BriefRecord, Draft, GenerationJob
from generation.selectors import drafts_of, job_progress, refusals_of
from generation.services import job_work
from generation.services.claims import Heartbeat, briefs_claim, claims_renew
from generation.services.working import _batch_work
from inference.encoders import ScriptedEncoder
from tests.factories.generation import brief, job
from tests.generation.backends import LoadingGenerator

BACKENDS = "python:tests.generation.backends."


def contents(made):
    return [
        (draft.brief.key, draft.position, draft.content, draft.provenance)
        for draft in drafts_of(made)
    ]


@pytest.mark.django_db
def test_drafts_pass_the_guardrails_and_say_where_they_come_from():
    made = job(count=3, candidates=4)
    job_work(made.pk, worker="w")
    drafts = list(drafts_of(made))
    assert [draft.position for draft in drafts] == [0, 1, 2, 3] * 3
    for draft in drafts:
        findings = check(Copy.from_json(draft.content), Brief.from_json(draft.brief.payload))
        assert not any(finding.is_blocking for finding in findings)
    assert drafts[0].provenance["generator"] == "composer"
    assert drafts[0].provenance["prompt_version"] == "email-2"
    assert drafts[0].provenance["controls"]["angle"] == "urgency"


@pytest.mark.django_db
def test_weights_are_read_before_a_brief_is_claimed(settings, monkeypatch):
    settings.RANK_WITH_ENCODER = True
    read = LoadingGenerator.claimed_while_loading

    def encoder():
        read.append(BriefRecord.objects.filter(status="claimed").count())
        return ScriptedEncoder()

    monkeypatch.setattr("generation.services.ranking.text_encoder", encoder)
    read.clear()
    made = job(generator=BACKENDS + "LoadingGenerator")
    job_work(made.pk, worker="w")
    assert read[:2] == [0, 0]
    assert max(read) == 3
    read.clear()
    job_work(made.pk, worker="late")
    assert read == []


@pytest.mark.django_db
def test_the_end_of_a_job_wakes_who_asked(woken, django_capture_on_commit_callbacks):
    made = job(then="campaigns.tasks.variants_collect", then_id=42)
    with django_capture_on_commit_callbacks(execute=True):
        job_work(made.pk, worker="w")
    made.refresh_from_db()
    assert made.status == "done"
    assert made.finished_at is not None
    assert woken == [("campaigns.tasks.variants_collect", {"job_id": made.pk, "then_id": 42})]


@pytest.mark.django_db
def test_a_large_job_calls_one_more_worker(woken, django_capture_on_commit_callbacks):
    made = job(count=17)
    with django_capture_on_commit_callbacks(execute=True):
        job_work(made.pk, worker="w")
    assert woken == [("generation.tasks.job_run", {"job_id": made.pk})]


@pytest.mark.django_db
def test_working_on_a_finished_job_changes_nothing():
    made = job()
    job_work(made.pk, worker="one")
    before = contents(made)
    job_work(made.pk, worker="two")
    assert contents(made) == before


@pytest.mark.django_db
def test_the_same_inputs_and_seed_give_the_same_drafts():
    first, second = job(), job()
    job_work(first.pk, worker="a")
    job_work(second.pk, worker="b")
    assert contents(first) == contents(second)


@pytest.mark.django_db
def test_candidates_that_fall_through_are_asked_for_again():
    made = job(count=2, generator=BACKENDS + "CarelessGenerator")
    job_work(made.pk, worker="w")
    assert job_progress(made).drafts == 4


@pytest.mark.django_db
def test_what_never_passes_is_dropped_and_the_brief_says_why():
    made = job(count=1, generator=BACKENDS + "LyingGenerator")
    job_work(made.pk, worker="w")
    made.refresh_from_db()
    progress = job_progress(made)
    assert made.status == "done"
    assert progress.drafts == 0
    [(key, reason)] = progress.shortfalls
    assert key == "segment-0/urgency"
    # Three for each that is kept in the first round, then what is missing.
    assert reason.startswith(
        "0 of 2 candidates after 4 rounds (facts.percent 12×). "
        "subject: The percentage “90%” is not in"
    )
    assert refusals_of(made) == {"facts.percent": 12}


@pytest.mark.django_db
def test_a_broken_generator_fails_the_job_at_the_third_attempt(
    woken, django_capture_on_commit_callbacks
):
    made = job(generator=BACKENDS + "BrokenGenerator", then="campaigns.tasks.variants_collect")
    for attempt in range(2):
        job_work(made.pk, worker=f"w{attempt}")
        assert GenerationJob.objects.get().status == "running"
    with django_capture_on_commit_callbacks(execute=True):
        job_work(made.pk, worker="w3")
    made.refresh_from_db()
    assert made.status == "failed"
    assert made.error.endswith("failed 3 times in a row. The last time it said: OSError: the card "
                               "has left the bus")  # fmt: skip
    assert [name for name, _ in woken] == ["campaigns.tasks.variants_collect"]


@pytest.mark.django_db
def test_a_brief_nobody_can_write_for_fails_the_job_at_once():
    made = job(count=1)
    BriefRecord.objects.update(payload=brief(angle="control").to_json())
    job_work(made.pk, worker="w")
    made.refresh_from_db()
    assert made.status == "failed"
    assert "no phrases for the angle 'control'" in made.error


@pytest.mark.django_db
def test_a_worker_whose_claim_was_taken_over_writes_nothing():
    made = job(count=2)
    records = briefs_claim(made.pk, worker="slow", size=9)
    BriefRecord.objects.filter(pk=records[0].pk).update(claimed_by="fast")
    _batch_work(records, worker="slow")
    assert set(Draft.objects.values_list("brief_id", flat=True)) == {records[1].pk}
    assert BriefRecord.objects.get(pk=records[0].pk).claimed_by == "fast"


@pytest.mark.django_db
def test_a_claim_is_given_once_and_counts_as_an_attempt():
    made = job(count=3)
    first = briefs_claim(made.pk, worker="a", size=2)
    second = briefs_claim(made.pk, worker="b", size=2)
    assert [len(first), len(second)] == [2, 1]
    assert {record.attempts for record in first} == {1}
    assert claims_renew(first, worker="a")
    assert not claims_renew(first, worker="b")


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_renews_claims_and_notices_their_loss(settings):
    settings.JOB_LEASE_SECONDS = 0.15
    records = briefs_claim(job(count=1).pk, worker="a", size=1)
    before = BriefRecord.objects.get().claimed_at
    with Heartbeat(records, worker="a") as heartbeat:
        time.sleep(0.2)
        assert BriefRecord.objects.get().claimed_at > before
        assert not heartbeat.is_lost()
        BriefRecord.objects.update(claimed_by="b")
        time.sleep(0.2)
        assert heartbeat.is_lost()


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_a_job(monkeypatch):
    monkeypatch.setattr("generation.services.working.BRIEFS_PER_BATCH", 3)
    alone, shared = job(count=12), job(count=12)
    job_work(alone.pk, worker="alone")
    threads = [threading.Thread(target=_work, args=(shared.pk, name)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shared.refresh_from_db()
    assert shared.status == "done"
    assert contents(shared) == contents(alone)
    assert set(shared.briefs.values_list("attempts", flat=True)) == {1}


def _work(job_id, worker):
    try:
        job_work(job_id, worker=worker)
    finally:
        connection.close()
