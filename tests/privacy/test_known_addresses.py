from uuid import uuid4

import pytest

from privacy import registry
from privacy.addresses import address_subject
from privacy.models import KnownAddress, Suppression
from privacy.services import suppression_add, suppression_lift

pytestmark = pytest.mark.django_db


def test_whose_an_address_was_goes_with_them_and_its_suppression_stays():
    subject = uuid4()
    KnownAddress.objects.create(digest="a" * 64, subject_id=subject, unit_id="u1", rank=1)
    suppression_add(address_subject("ann@shop.example"), reason="unsubscribed", channel="email")
    holder = next(each for each in registry.holders() if each.name == "addresses")
    assert holder.export(subject) == {"addresses": [{"unit_id": "u1", "digest": "a" * 64}]}
    assert (holder.erase(subject), holder.erase(subject)) == (1, 0)
    assert Suppression.objects.exists()


def test_a_reason_that_stays_takes_the_place_of_one_that_can_be_taken_back():
    subject = uuid4()
    suppression_add(subject, reason="unsubscribed", channel="email")
    assert suppression_add(subject, reason="bounced", channel="email", source="tool") is False
    kept = Suppression.objects.get()
    assert (kept.reason, kept.source) == ("bounced", "tool")
    suppression_add(subject, reason="unsubscribed", channel="email")
    assert Suppression.objects.get().reason == "bounced"


def test_only_the_reason_named_is_lifted():
    subject = uuid4()
    suppression_add(subject, reason="complained", channel="email")
    assert not suppression_lift(subject, reason="unsubscribed", channel="email")
    assert suppression_lift(subject, reason="complained", channel="email")
