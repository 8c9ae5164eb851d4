import threading

import pytest
from django.db import connection

from campaigns import services
from campaigns.briefs import copy_of
from campaigns.models import Campaign
from core.models import AuditEntry
from generation.models import BriefRecord, Draft, GenerationJob
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NOW = make.NOON


@pytest.fixture
def campaign(owner):
    made = make.campaign()
    services.campaign_generate(made, actor=owner, now=NOW, seed=7)
    return made


def write(job, per_brief=2):
    """What a worker leaves behind: drafts for every brief."""
    for brief in BriefRecord.objects.filter(job=job):
        for position in range(per_brief):
            copy = make.human_copy(f"Draft {position}")
            Draft.objects.create(
                brief=brief, position=position, content=copy.to_json(), provenance={}
            )


def end(job, status="done", error=""):
    GenerationJob.objects.filter(pk=job.pk).update(status=status, finished_at=NOW, error=error)


def test_the_drafts_of_a_finished_job_come_into_review(campaign):
    write(campaign.job)
    end(campaign.job)
    assert services.variants_collect(campaign.pk, now=NOW) == 8
    campaign.refresh_from_db()
    assert campaign.status == "review"
    made = campaign.variants.exclude(angle="control")
    assert {(variant.origin, variant.status) for variant in made} == {("generated", "in_review")}
    assert {variant.draft.brief.key for variant in made} == {
        f"{variant.segment.key}/{variant.angle}" for variant in made
    }


def test_collecting_again_adds_nothing(campaign):
    write(campaign.job)
    end(campaign.job)
    services.variants_collect(campaign.pk, now=NOW)
    assert services.variants_collect(campaign.pk, now=NOW) == 0
    assert campaign.variants.count() == 9
    assert AuditEntry.objects.filter(action="variants_collect").count() == 1


def test_a_job_that_still_runs_is_left_alone(campaign):
    write(campaign.job)
    assert services.variants_collect(campaign.pk, now=NOW) == 0
    campaign.refresh_from_db()
    assert campaign.status == "generating"


def test_a_message_of_a_job_that_was_replaced_is_ignored(campaign):
    end(campaign.job)
    assert services.variants_collect(campaign.pk, now=NOW, job_id=campaign.job_id + 1) == 0
    campaign.refresh_from_db()
    assert campaign.status == "generating"


def test_after_a_failed_job_there_is_the_control_and_the_reason(campaign):
    end(campaign.job, status="failed", error="the model is gone")
    services.variants_collect(campaign.pk, now=NOW)
    campaign.refresh_from_db()
    assert campaign.status == "review"
    (control,) = campaign.variants.all()
    assert copy_of(control) == copy_of(campaign.template)
    assert AuditEntry.objects.get(action="variants_collect").detail["job_status"] == "failed"


def test_a_job_that_vanished_does_not_hold_the_campaign(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(job=None)
    services.variants_collect(campaign.pk, now=NOW)
    campaign.refresh_from_db()
    assert campaign.status == "review"


def test_a_brief_that_fell_short_is_recorded(campaign):
    brief = BriefRecord.objects.filter(job=campaign.job).order_by("id").first()
    brief.shortfall = "only 1 of 3 passed"
    brief.save()
    end(campaign.job)
    services.variants_collect(campaign.pk, now=NOW)
    detail = AuditEntry.objects.get(action="variants_collect").detail
    assert detail["shortfalls"] == [[brief.key, "only 1 of 3 passed"]]


def test_writing_again_adds_to_what_is_there_and_repeats_no_text(campaign, owner):
    write(campaign.job, per_brief=1)
    end(campaign.job)
    services.variants_collect(campaign.pk, now=NOW)
    campaign.refresh_from_db()
    services.campaign_generate(campaign, actor=owner, now=NOW, seed=8)
    write(campaign.job, per_brief=2)
    end(campaign.job)
    assert services.variants_collect(campaign.pk, now=NOW) == 4
    assert campaign.variants.filter(angle="control").count() == 1


def test_a_job_tried_again_brings_nothing_into_a_campaign_that_is_live(owner):
    live = make.live_campaign(owner)
    job = GenerationJob.objects.create(
        generator="composer", candidates=1, seed=1, status="done", finished_at=NOW
    )
    Campaign.objects.filter(pk=live.pk).update(job=job)
    segment = live.campaign_segments.first().segment
    brief = BriefRecord.objects.create(job=job, key=f"{segment.key}/urgency", payload={})
    copy = make.human_copy("late words")
    Draft.objects.create(brief=brief, position=0, content=copy.to_json(), provenance={})
    assert services.variants_collect(live.pk, now=NOW, job_id=job.pk) == 0


def test_the_sweep_collects_what_nobody_was_woken_for(campaign):
    write(campaign.job)
    assert services.campaigns_sweep(now=NOW) == 0
    end(campaign.job)
    assert services.campaigns_sweep(now=NOW) == 1
    campaign.refresh_from_db()
    assert campaign.status == "review"


@pytest.mark.django_db(transaction=True)
def test_two_workers_collecting_at_once_double_nothing(owner):
    campaign = make.campaign()
    services.campaign_generate(campaign, actor=owner, now=NOW, seed=7)
    write(campaign.job)
    end(campaign.job)
    start, collected = threading.Barrier(2), []

    def collect():
        start.wait()
        try:
            collected.append(services.variants_collect(campaign.pk, now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=collect) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(collected) == [0, 8]
    assert campaign.variants.count() == 9
