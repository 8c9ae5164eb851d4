"""Profiles of people who bought and never wrote: what their orders say, and nothing of words."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from audience.models import Contact, Profile
from audience.selectors.orders import orders_before
from audience.services.behaviour import Behaviour
from privacy.models import ConsentPurpose
from privacy.selectors import agreeing


def buyer_profile(contact: int, does: Behaviour, *, now: datetime) -> Profile:
    """A profile without vector, mood and cluster; interests are the categories bought."""
    return Profile(
        contact_id=contact,
        interests=[dict(one) for one in does.bought.interests],
        categories=dict(does.bought.categories),
        rfm=dict(does.rfm),
        habits=dict(does.habits),
        purchase_intent=does.purchase_intent,
        evidence={**does.bought.evidence, **does.evidence},
        text_count=0,
        updated_at=now,
    )


def buyers_notice(*, now: datetime) -> int:
    """Mark who has ordered, may be profiled, and has no profile; how many that are.

    Whoever is marked has a profile after the next beat, so that nobody is looked at twice.
    """
    strangers = Contact.objects.filter(
        agreeing(ConsentPurpose.PROFILING),
        ~Exists(Profile.objects.filter(contact=OuterRef("pk"))),
        Exists(orders_before(now).filter(unit_id=OuterRef("external_id"))),
        is_profile_due=False,
    )
    return strangers.update(is_profile_due=True)
