import time

import pytest
from django.db import connection

from audience.models import Contact
from audience.reach import at_most, reach_of
from core.errors import ServiceUnavailable
from privacy.models import Consent, Suppression
from tests.factories.audience import NOON, contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """(suppressed on, what they said to email, their address)"""
    for name, channel, said, email in [
        ("fine", None, True, "a@b.example"),
        ("silent", None, None, "a@b.example"),
        ("no", None, False, "a@b.example"),
        ("bounced", "email", True, "a@b.example"),
        ("gone", "all", False, ""),
        ("no sms", "sms", True, "a@b.example"),
        ("unreachable", None, True, ""),
    ]:
        subject_id = contact(name, email=email).subject_id
        if channel:
            Suppression.objects.create(subject_id=subject_id, channel=channel, reason="manual")
        if said is not None:
            Consent.objects.create(
                subject_id=subject_id, purpose="email", is_given=said, since=NOON
            )


def test_everybody_is_sendable_or_counted_under_one_reason(people, settings):
    settings.CONSENT_REQUIRED = []

    reach = reach_of(Contact.objects.all())

    assert (reach.total, reach.suppressed, reach.no_consent, reach.no_address) == (7, 2, 1, 1)
    assert reach.sendable == 3


def test_where_consent_is_required_silence_is_no(people, settings):
    settings.CONSENT_REQUIRED = ["email"]

    reach = reach_of(Contact.objects.all())

    assert (reach.no_consent, reach.sendable) == (2, 2)


def test_addresses_of_other_channels_are_not_asked_for(people, settings):
    settings.CONSENT_REQUIRED = []

    reach = reach_of(Contact.objects.all(), channel="sms")

    assert (reach.suppressed, reach.no_consent, reach.no_address, reach.sendable) == (2, 0, 0, 5)


def test_a_count_is_one_query(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        reach_of(Contact.objects.filter(external_id__startswith="b"))


def test_what_takes_too_long_is_ended_and_says_what_to_do():
    begun = time.monotonic()

    with (
        pytest.raises(ServiceUnavailable, match="save the segment"),
        at_most(0.2),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_sleep(30)")

    assert time.monotonic() - begun < 20


def test_later_queries_are_free_again():
    with at_most(0.2):
        Contact.objects.count()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.3)")
