from __future__ import annotations

import pytest

from campaigns import services
from campaigns.briefs import briefs_for
from campaigns.errors import NotPermitted
from campaigns.models import BrandVoice
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


def test_each_save_with_a_change_is_a_new_version(owner):
    voice = BrandVoice(name="House", brand_name="Fern")
    services.brand_voice_save(voice, actor=owner, now=make.NOON)
    voice.descriptors = "dry, kind"
    assert services.brand_voice_save(voice, actor=owner, now=make.NOON).number == 2
    assert [kept.content["descriptors"] for kept in voice.versions.all()] == ["dry, kind", ""]


def test_a_save_that_changes_nothing_makes_no_version(owner):
    voice = make.brand_voice()
    first = services.brand_voice_save(voice, actor=owner, now=make.NOON)
    assert services.brand_voice_save(voice, actor=owner, now=make.NOON) == first


def test_a_voice_is_said_only_by_who_may(stranger):
    with pytest.raises(NotPermitted):
        services.brand_voice_save(make.brand_voice(), actor=stranger, now=make.NOON)


def test_drafts_are_ordered_in_the_version_that_is_kept(owner):
    campaign = make.campaign()
    campaign.brand_voice.descriptors = "changed behind the service's back"
    services.brand_voice_save(campaign.brand_voice, actor=owner, now=make.NOON)
    BrandVoice.objects.update(descriptors="again")
    campaign.brand_voice.refresh_from_db()
    job = services.campaign_generate(campaign, actor=owner, now=make.NOON)
    assert {brief.payload["voice_version"] for brief in job.briefs.all()} == {2}
    assert campaign.brand_voice.versions.get(number=2).content["descriptors"] == "again"


def test_examples_travel_as_sentences_and_facts_stay_behind(owner):
    voice = make.brand_voice(examples="Made slowly, worn often.\nNow 20% off for all of you.")
    (brief, *_) = briefs_for(make.campaign(brand_voice=voice))
    assert brief.brand_sentences == ("Made slowly, worn often.",)
    assert brief.to_json()["brand_sentences"] == ["Made slowly, worn often."]
