import pytest
from django.urls import reverse

from tests.factories.events import event

pytestmark = pytest.mark.django_db
PAGE = "admin:events_event_changelist"


@pytest.fixture
def events():
    event(unit_id="person", name="Email Opened")
    event(unit_id="apple", name="Email Opened", bot_reasons=["apple_mpp"])
    event(unit_id="scanner", name="Email Link Clicked", bot_reasons=["burst", "scanner_network"])


@pytest.mark.parametrize(
    ("by", "units"),
    [
        ("", {"person", "apple", "scanner"}),
        ("people", {"person"}),
        ("programs", {"apple", "scanner"}),
        ("burst", {"scanner"}),
        ("nonsense", {"person", "apple", "scanner"}),
    ],
)
def test_events_can_be_looked_at_by_who_did_them(admin_client, events, by, units):
    page = admin_client.get(reverse(PAGE), {"by": by} if by else {})
    assert {each.unit_id for each in page.context["cl"].result_list} == units


def test_why_a_program_is_thought_to_have_done_it_is_said_in_words(admin_client, events):
    from events.models import Event

    found = Event.objects.get(unit_id="scanner")
    page = admin_client.get(reverse("admin:events_event_change", args=[found.pk]))
    assert "Three or more different links of one mail" in page.content.decode()
