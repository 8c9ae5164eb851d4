from __future__ import annotations

import pytest

from campaigns.briefs import brief_for, briefs_for
from campaigns.cells import Cell
from campaigns.past_copy import PastCopy, past_copy_of
from experiments.models import Analysis
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def voice():
    return make.brand_voice()


def finished(owner, voice, *, verdict=None, **fields):
    campaign = make.live_campaign(owner, brand_voice=voice, segments=[], **fields)
    type(campaign).objects.filter(pk=campaign.pk).update(status="finished")
    if verdict:
        Analysis.objects.create(
            experiment=campaign.experiment, inputs_digest="x", results={"verdict": verdict},
            verdict=verdict["kind"], sentence="",
        )  # fmt: skip
    return campaign


def test_what_won_is_told_apart_from_what_was_approved(owner, voice):
    finished(owner, voice, verdict={"kind": "ship", "arm": "urgency"})
    past = past_copy_of(make.campaign(brand_voice=voice))
    assert [copy.subject[-22:] for copy in past.winners] == ["dresses the urgency way"[-22:]]
    assert [copy.subject[-24:] for copy in past.approved] == ["dresses the curiosity way"[-24:]]


def test_nobody_wins_without_a_verdict(owner, voice):
    finished(owner, voice, verdict={"kind": "keep_going", "arm": "urgency"})
    finished(owner, voice)
    assert past_copy_of(make.campaign(brand_voice=voice)).winners == ()


def test_live_campaigns_other_brands_and_other_channels_are_not_quoted(owner, voice):
    make.live_campaign(owner, brand_voice=voice, segments=[])
    finished(owner, make.brand_voice())
    assert past_copy_of(make.campaign(brand_voice=voice)) == PastCopy()


def test_writers_are_shown_the_past_and_guardrails_are_not(owner, voice):
    finished(owner, voice, verdict={"kind": "ship", "arm": "urgency"})
    campaign = make.campaign(brand_voice=voice, segments=[])
    assert len(briefs_for(campaign)[0].winning_copy) == 1
    assert brief_for(campaign, Cell(None, "urgency")).winning_copy == ()


def test_the_past_is_read_in_a_few_queries(owner, voice, django_assert_max_num_queries):
    for _ in range(3):
        finished(owner, voice, verdict={"kind": "ship", "arm": "urgency"})
    campaign = make.campaign(brand_voice=voice)
    with django_assert_max_num_queries(3):
        past_copy_of(campaign)
