"""A campaign for a group goes on being for that group, whatever cluster it is in the next fit."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from audience.models import Profile
from audience.services import (
    clustering_fit,
    group_rewrite,
    segment_build,
    segments_from_clustering,
)
from campaigns.briefs import briefs_for
from tests.factories import audience
from tests.factories import campaigns as factory
from tests.factories.audience import NOON

pytestmark = pytest.mark.django_db
TOPICS = {
    "Coats": "wool coat with a warm lining",
    "Jeans": "wide leg and a high rise",
    "Dresses": "summer dress for a wedding",
    "Swim": "bikini top at the beach",
}


def people(count, *, seed):
    rng = np.random.default_rng(seed)
    for axis, (category, body) in enumerate(TOPICS.items()):
        for _ in range(count):
            someone = audience.contact()
            audience.read_text(body, by=someone)
            vector = np.eye(1, 384, axis)[0] + rng.normal(0, 0.01, 384)
            audience.profile(
                someone, vector=vector / np.linalg.norm(vector), categories={category: 1.0}
            )


def refit(*, at, seed):
    segments = segments_from_clustering(clustering_fit(count=4, random_state=seed, now=at))
    for segment in segments:
        segment_build(segment, now=at)
    return segments


def test_a_campaign_follows_its_group_through_refits_and_new_words(owner):
    people(8, seed=1)
    jeans = next(one for one in refit(at=NOON, seed=1) if one.name.startswith("Jeans"))
    campaign = factory.campaign(segments=[jeans])
    before = briefs_for(campaign)[0]
    assert "8 people" in before.portrait

    people(4, seed=2)
    refit(at=NOON + timedelta(days=1), seed=7)
    after = briefs_for(campaign)[0]

    assert (after.key, after.audience_name) == (before.key, before.audience_name)
    assert "12 people" in after.portrait
    jeans.refresh_from_db()
    assert jeans.size == 12
    members = set(jeans.memberships.values_list("contact_id", flat=True))
    wearers = Profile.objects.filter(categories__has_key="Jeans")
    assert members == set(wearers.values_list("contact_id", flat=True))

    group_rewrite(
        jeans.cluster.identity, name="Denim people", portrait="They live in denim.", actor=owner
    )
    refit(at=NOON + timedelta(days=2), seed=3)
    told = briefs_for(campaign)[0]
    assert (told.audience_name, told.portrait) == ("Denim people", "They live in denim.")
