import pytest
from django.utils import timezone

from campaigns import services, tasks
from generation.models import GenerationJob
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(owner):
    made = make.campaign()
    job = services.campaign_generate(made, actor=owner, now=make.NOON, seed=7)
    GenerationJob.objects.filter(pk=job.pk).update(status="done", finished_at=timezone.now())
    return made


def test_a_job_that_ended_brings_its_campaign_into_review(campaign):
    tasks.variants_collect(job_id=campaign.job_id, then_id=campaign.pk)
    campaign.refresh_from_db()
    assert campaign.status == "review"


def test_the_sweep_finds_a_campaign_nobody_woke(campaign):
    tasks.campaigns_sweep()
    campaign.refresh_from_db()
    assert campaign.status == "review"
