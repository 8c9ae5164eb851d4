from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Event
from events.months import month_of
from events.selectors import event_counts, event_names, known_event_names
from events.services import months_make
from tests.factories.events import event

pytestmark = pytest.mark.django_db


def test_counts_are_of_the_unit_and_by_name():
    for given in [{}, {}, {"name": "Clicked"}, {"unit_id": "u2"}, {"kind": "identify", "name": ""}]:
        event(**given)
    assert event_counts("u1") == {"Clicked": 1, "Order Completed": 2}


def test_names_come_most_frequent_first_and_only_recent_tracks():
    for given in [{"name": "Clicked"}, {}, {}, {"kind": "page", "name": "Home"}]:
        event(**given)
    old = event(name="Faxed")
    ago = timezone.now() - timedelta(days=400)
    months_make([month_of(ago)])
    Event.objects.filter(pk=old.pk).update(received_at=ago)
    since = timezone.now() - timedelta(days=90)
    assert event_names(since=since) == ["Order Completed", "Clicked"]


def test_every_name_there_ever_was_is_known_once():
    for given in [{"name": "Clicked"}, {}, {}, {"kind": "identify", "name": ""}, {"name": "Ärger"}]:
        event(**given)
    assert set(known_event_names()) == {"Clicked", "Order Completed", "Ärger"}
    assert len(known_event_names()) == 3
    assert len(known_event_names(limit=2)) == 2


def test_an_empty_log_has_no_names():
    assert known_event_names() == []
