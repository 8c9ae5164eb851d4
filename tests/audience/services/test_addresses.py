from datetime import timedelta

import pytest
from django.utils import timezone

from audience.models import Contact
from audience.services import addresses_index, suppressions_follow
from events.models import AddressWaiting
from privacy.addresses import address_digest, address_subject
from privacy.models import KnownAddress, Suppression
from privacy.selectors import is_suppressed
from privacy.services import suppression_add
from tests.factories.events import NOON, event
from tests.waiting import wait_until_readable

pytestmark = pytest.mark.django_db


def contact(number, **given):
    return Contact.objects.create(
        external_id=f"u{number}", email=f"P{number}@shop.example", **given
    )


def followed():
    wait_until_readable()
    return suppressions_follow(now=NOON)


def index(now=None):
    return addresses_index(now=now or timezone.now())


def test_contacts_are_found_by_their_address():
    one, _ = contact(1), Contact.objects.create(external_id="nameless")
    assert index() == 1
    known = KnownAddress.objects.get()
    assert known.digest == address_digest("p1@shop.example")
    assert (known.unit_id, known.subject_id) == ("u1", one.subject_id)


def test_again_it_changes_nothing():
    contact(1)
    index()
    assert index() == 0


def test_a_new_address_takes_the_place_of_the_old():
    contact(1)
    index()
    Contact.objects.update(email="new@shop.example", updated_at=timezone.now())
    assert index() == 1
    assert KnownAddress.objects.get().digest == address_digest("new@shop.example")


def test_an_edit_that_left_no_time_behind_is_found_within_the_hour():
    long_ago = timezone.now() - timedelta(days=9)
    contact(1, updated_at=long_ago)
    index()
    Contact.objects.update(email="new@shop.example")
    assert index() == 0
    assert index(now=timezone.now() + timedelta(hours=1)) == 1


def test_addresses_that_are_gone_are_forgotten():
    contact(1)
    gone = contact(2)
    index()
    Contact.objects.filter(pk=gone.pk).delete()
    Contact.objects.update(email="")
    index(now=timezone.now() + timedelta(hours=1))
    assert not KnownAddress.objects.exists()


def test_whoever_has_a_suppressed_address_is_suppressed():
    suppression_add(
        address_subject("p1@shop.example"), reason="bounced", channel="email", source="esp:x"
    )
    one, other = contact(1), contact(2)
    index()
    assert is_suppressed(one.subject_id, channel="email")
    assert not is_suppressed(other.subject_id, channel="email")


def test_who_comes_back_after_being_erased_is_still_not_written_to():
    first = contact(1)
    index()
    suppression_add(address_subject("p1@shop.example"), reason="unsubscribed", channel="email")
    first.delete()
    again = contact(1)
    index()
    assert again.subject_id != first.subject_id
    assert is_suppressed(again.subject_id, channel="email")


def test_events_that_waited_for_an_address_become_its_contacts():
    digest = address_digest("p1@shop.example")
    waiting = event(unit_id=f"address:{digest}", name="Email Opened")
    AddressWaiting.objects.create(digest=digest)
    index()
    assert AddressWaiting.objects.exists()
    contact(1)
    index()
    waiting.refresh_from_db()
    assert waiting.unit_id == "u1"
    assert not AddressWaiting.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestWhoSaysSoInTheLog:
    @pytest.mark.parametrize(
        ("name", "properties", "reason"),
        [
            ("Unsubscribed", {}, "unsubscribed"),
            ("Email Marked as Spam", {}, "complained"),
            ("Email Bounced", {"type": "hard"}, "bounced"),
            ("Email Bounced", {"isPermanent": True}, "bounced"),
        ],
    )
    def test_is_suppressed_and_once(self, name, properties, reason):
        one = contact(1)
        event(unit_id="u1", name=name, properties=properties)
        assert followed() == 1
        assert Suppression.objects.get(subject_id=one.subject_id).reason == reason
        Suppression.objects.all().delete()
        assert followed() == 0

    def test_a_bounce_that_may_pass_is_none(self):
        contact(1)
        event(unit_id="u1", name="Email Bounced", properties={"type": "soft"})
        assert followed() == 0

    def test_who_came_back_later_is_not(self):
        contact(1)
        event(unit_id="u1", name="Subscribed", occurred_at=NOON + timedelta(minutes=5))
        event(unit_id="u1", name="Unsubscribed", occurred_at=NOON)
        assert followed() == 0

    def test_a_robots_word_is_heard(self):
        contact(1)
        event(unit_id="u1", name="Unsubscribed", bot_reasons=["robot_name"])
        assert followed() == 1
