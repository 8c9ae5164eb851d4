from uuid import uuid4

import pytest

from privacy.models import Suppression
from privacy.services import suppression_add, suppression_lift

pytestmark = pytest.mark.django_db


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
