"""What the demonstration's people do, told once and told again after it was broken off."""

from __future__ import annotations

import pytest

from audience.models import Contact
from events.models import Event
from experiments.models import Analysis, Exposure
from tests.factories import campaigns as make
from tests.factories.audience import NOON
from web.demo import behaviour, shop, story

pytestmark = pytest.mark.django_db
PEOPLE = 300


@pytest.fixture
def campaign(owner, monkeypatch):
    monkeypatch.setattr(shop, "CONTACTS", PEOPLE)
    Contact.objects.bulk_create(
        Contact(external_id=shop.contact_id(number)) for number in range(PEOPLE)
    )
    return make.live_campaign(owner, segments=[])


def happened():
    kept = Event.objects.order_by("unit_id", "name")
    return list(kept.values_list("unit_id", "name", "occurred_at", "value"))


def test_played_again_nobody_does_anything_twice(campaign, monkeypatch):
    """The first time is broken off half-way, as by a key."""
    monkeypatch.setattr(shop, "CONTACTS", PEOPLE // 2)
    behaviour.play(campaign, start=NOON, seed=1)
    begun = happened()
    monkeypatch.setattr(shop, "CONTACTS", PEOPLE)
    behaviour.play(campaign, start=NOON, seed=1)
    once = happened()
    assert begun
    assert set(begun) < set(once)
    behaviour.play(campaign, start=NOON, seed=1)
    assert happened() == once
    assert Exposure.objects.filter(experiment=campaign.experiment).count() == PEOPLE


def test_counts_on_the_way_are_all_there_or_none(campaign, monkeypatch):
    behaviour.play(campaign, start=NOON, seed=1)
    moments, counted = story.moments_of(NOON), []
    refresh = story.analysis_refresh

    def stopped_at_the_third(experiment, *, now):
        counted.append(now)
        if len(counted) == 3:
            raise KeyboardInterrupt
        return refresh(experiment, now=now)

    with monkeypatch.context() as patched:
        patched.setattr(story, "analysis_refresh", stopped_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            story.count_on_the_way(campaign, moments)
    assert not Analysis.objects.exists()
    story.count_on_the_way(campaign, moments)
    assert Analysis.objects.filter(created_at__in=moments).exists()
