from __future__ import annotations

from datetime import timedelta

import pytest

from audience.models import Contact, Membership
from campaigns.selectors import prospects_of
from tests.factories import campaigns as make
from tests.factories.experiments import order

pytestmark = pytest.mark.django_db
NOW = make.NOON


def known_since(days, *contacts):
    keys = [contact.pk for contact in contacts]
    Contact.objects.filter(pk__in=keys).update(created_at=NOW - timedelta(days=days))


@pytest.fixture
def campaign():
    return make.campaign(segments=[make.segment("knits"), make.segment("deals")])


def test_everyone_in_the_segments_counts_once(campaign):
    knits, deals = (row.segment for row in campaign.campaign_segments.order_by("position"))
    make.contact("ada", segments=[knits, deals])
    make.contact("bob", segments=[deals])
    make.contact("eve")
    assert prospects_of(campaign, now=NOW).audience == 2


def test_without_segments_everyone_counts():
    make.contact("ada")
    assert prospects_of(make.campaign(segments=[]), now=NOW).audience == 1


def test_the_pace_is_that_of_the_last_four_weeks(campaign):
    segment = campaign.campaign_segments.first().segment
    people = [make.contact(f"c-{number}", segments=[segment]) for number in range(30)]
    known_since(100, *people[:2])
    known_since(3, *people[2:])
    assert prospects_of(campaign, now=NOW).per_day == 1.0


def test_after_a_first_import_the_pace_is_unknown(campaign):
    known_since(1, make.contact("ada", segments=[campaign.campaign_segments.first().segment]))
    assert prospects_of(campaign, now=NOW).per_day is None


def test_the_baseline_is_the_share_who_did_the_goal_event_lately(campaign):
    segment = campaign.campaign_segments.first().segment
    for name in ("ada", "bob", "cid", "dee"):
        make.contact(name, segments=[segment])
    order("ada", at=NOW - timedelta(days=2))
    order("ada", at=NOW - timedelta(days=1))
    order("bob", at=NOW - timedelta(days=60))
    order("eve", at=NOW - timedelta(days=2))
    assert prospects_of(campaign, now=NOW).baseline == 0.25


def test_a_goal_nobody_reached_has_no_baseline(campaign):
    Membership.objects.all().delete()
    assert prospects_of(campaign, now=NOW).baseline is None
