from __future__ import annotations

import pytest
from django.utils import timezone

from campaigns import services, tasks
from campaigns.personalise import decide
from campaigns.selectors import review_board
from core.errors import InputRefused
from generation.models import BriefRecord, Draft
from generation.services import job_work
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make.campaign(key="autumn", candidates=2)


def written(campaign, actor):
    job = services.campaign_generate(campaign, actor=actor, now=timezone.now(), seed=11)
    return worked_on(campaign, job)


def worked_on(campaign, job):
    job_work(job.pk, worker="here")
    tasks.variants_collect(job_id=job.pk, then_id=campaign.pk)
    campaign.refresh_from_db()
    job.refresh_from_db()
    return job


def test_a_generator_over_budget_leaves_the_control_copy_and_says_why(campaign, owner, settings):
    settings.GENERATOR = "python:tests.generation.backends.PoorGenerator"
    assert written(campaign, owner).status == "failed"
    notice = review_board(campaign).notices[0]
    assert notice.startswith("Writing failed, so there is only the control copy: ")
    assert "the job may cost 1.00" in notice
    services.variant_approve(make.control_of(campaign), actor=owner, now=timezone.now())
    answer = decide("autumn", "anybody", now=timezone.now())
    assert (answer.arm, answer.fallback) == ("control", True)
    assert answer.content.subject.endswith("your spring dress is here")


def test_a_failed_job_goes_on_where_it_stopped(campaign, owner, settings):
    settings.GENERATOR = "python:tests.generation.backends.PoorGenerator"
    job = written(campaign, owner)
    type(job).objects.update(generator="composer")
    again = services.campaign_write_again(campaign, actor=owner, now=timezone.now())
    assert again.pk == job.pk
    assert campaign.status == "generating"
    assert worked_on(campaign, again).status == "done"
    assert campaign.variants.exclude(angle="control").count() == 8


def test_what_fell_short_is_asked_for_anew_and_nothing_else(campaign, owner):
    job = written(campaign, owner)
    short = job.briefs.order_by("pk").first()
    BriefRecord.objects.filter(pk=short.pk).update(shortfall="1 of 2 candidates.")
    again = services.campaign_write_again(campaign, actor=owner, now=timezone.now())
    assert [brief.key for brief in again.briefs.all()] == [short.key]
    before = campaign.variants.count()
    worked_on(campaign, again)
    assert before < campaign.variants.count() <= before + 2


def test_a_job_that_did_all_it_should_is_not_repeated(campaign, owner):
    written(campaign, owner)
    with pytest.raises(InputRefused, match="fell short"):
        services.campaign_write_again(campaign, actor=owner, now=timezone.now())


def test_the_board_says_what_writing_took_and_where_a_text_comes_from(campaign, owner, settings):
    settings.GENERATOR = "python:tests.generation.backends.TemplateGenerator"
    campaign.candidates = 1
    written(campaign, owner)
    board = review_board(campaign)
    assert "tokens read" in board.writing.cost
    assert [one.drafts for one in board.writing.briefs] == [1, 1, 1, 1]
    source = dict(board.rows[0].cells[1].candidates[0].source)
    assert (source["generator"], source["prompt"]) == ("template", "email-2")
    assert source["brand voice version"] == "1"
    assert source["tokens"] == "100 read, 20 written"


def test_the_same_inputs_and_seed_give_the_same_drafts(owner):
    voice, template, segments = make.brand_voice(), make.template(), [make.segment("knits")]
    found = []
    for key in ("one", "two"):
        campaign = make.campaign(
            key=key, brand_voice=voice, template=template, segments=segments, candidates=3
        )
        job = written(campaign, owner)
        drafts = Draft.objects.filter(brief__job=job).order_by("pk")
        found.append([(one.content, one.findings, one.score, without_time(one)) for one in drafts])
    assert found[0] == found[1]


def without_time(draft):
    return {name: value for name, value in draft.provenance.items() if name != "usage"}
