from datetime import timedelta

import orjson
import pytest

from audience.models import Contact
from audience.services import contacts_identify
from core.models import WebhookEndpoint, WebhookMessage
from events.incoming import parse_event
from events.models import Event, Rejection, UnitAlias, UnitChange
from events.services import events_store
from privacy.models import Consent
from tests.factories.events import NOON, message
from tests.waiting import wait_until_readable

# Each event must have its own transaction, over by the time it is read.
pytestmark = pytest.mark.django_db(transaction=True)


def say(kind="identify", *, minutes=0, **given):
    """An event as it comes in, so many minutes after noon."""
    moment = (NOON + timedelta(minutes=minutes)).isoformat()
    said = message(type=kind, event=None, properties=None, timestamp=moment, **given)
    events_store([parse_event(said, now=NOON + timedelta(days=1))], source="shop")


def track(unit, *, anonymous=None, minutes=0):
    who = {"userId": unit, "anonymousId": anonymous}
    said = message(**who, timestamp=(NOON + timedelta(minutes=minutes)).isoformat())
    events_store([parse_event(said, now=NOON + timedelta(days=1))], source="shop")


def follow():
    wait_until_readable()
    return contacts_identify(now=NOON)


def ann():
    return Contact.objects.get(external_id="u1")


def test_a_contact_is_made_of_what_is_said_of_them():
    say(traits={"email": "ann@shop.example", "firstName": "Ann", "plan": "pro"})
    assert follow().created == 1
    assert (ann().email, ann().first_name) == ("ann@shop.example", "Ann")
    assert ann().attributes == {"plan": "pro"}


def test_run_again_it_changes_nothing():
    say(traits={"plan": "pro"})
    follow()
    Contact.objects.update(attributes={"plan": "edited by hand"})
    again = follow()
    assert (again.created, again.updated, again.moved) == (0, 0, 0)
    assert ann().attributes == {"plan": "edited by hand"}


def test_whoever_speaks_last_wins_against_an_edit():
    say(traits={"plan": "pro", "city": "Oslo"})
    follow()
    Contact.objects.update(attributes={"plan": "edited", "city": "Rome", "pet": "cat"})
    say(traits={"plan": "basic"}, minutes=5)
    assert follow().updated == 1
    assert ann().attributes == {"plan": "basic", "city": "Rome", "pet": "cat"}


def test_of_two_events_the_later_one_wins_in_whatever_order_they_come():
    say(traits={"plan": "later"}, minutes=9)
    follow()
    say(traits={"plan": "earlier", "city": "Oslo"}, minutes=1)
    follow()
    assert ann().attributes == {"plan": "later", "city": "Oslo"}


def test_null_takes_away():
    say(traits={"email": "ann@shop.example", "plan": "pro"})
    say(traits={"email": None, "plan": None}, minutes=1)
    follow()
    assert (ann().email, ann().attributes) == ("", {})


def test_an_anonymous_id_alone_is_nobody():
    say(userId=None, anonymousId="a1", traits={"plan": "pro"})
    follow()
    assert not Contact.objects.exists()


def test_the_past_of_a_browser_becomes_the_contacts():
    track(None, anonymous="a1")
    track(None, anonymous="other")
    say(userId="u1", anonymousId="a1", traits={"plan": "pro"}, minutes=1)
    assert follow().moved == 1
    mine = Event.objects.get(unit_id="u1", kind="track")
    assert mine.context["knownAs"] == "a1"
    assert UnitChange.objects.get().unit_id == "a1"
    assert Event.objects.filter(unit_id="other").count() == 1


def test_what_comes_under_the_old_name_later_is_the_contacts_too():
    say(userId="u1", anonymousId="a1", traits={})
    follow()
    track(None, anonymous="a1", minutes=5)
    follow()
    assert Event.objects.filter(unit_id="u1", kind="track").count() == 1


def test_what_was_said_before_the_log_in_counts_where_nothing_newer_was_said():
    say(userId=None, anonymousId="a1", traits={"plan": "old", "city": "Oslo"})
    say(userId="u1", anonymousId="a1", traits={"plan": "new"}, minutes=5)
    follow()
    follow()
    assert ann().attributes == {"plan": "new", "city": "Oslo"}


def test_an_alias_gives_the_old_name_to_the_new():
    track(None, anonymous="a1")
    say("alias", userId="u1", previousId="a1", minutes=1)
    assert follow().moved == 1
    assert UnitAlias.objects.get().unit_id == "u1"


def test_names_lead_on_to_the_last_one():
    track(None, anonymous="a1")
    say("alias", userId="a2", previousId="a1", minutes=1)
    follow()
    say("alias", userId="u1", previousId="a2", minutes=2)
    follow()
    assert Event.objects.get(kind="track").unit_id == "u1"
    assert dict(UnitAlias.objects.values_list("alias", "unit_id")) == {"a1": "u1", "a2": "u1"}


def test_names_in_a_circle_end_somewhere():
    say("alias", userId="a2", previousId="a1")
    say("alias", userId="a1", previousId="a2", minutes=1)
    say("alias", userId="a1", previousId="a1", minutes=2)
    follow()
    follow()
    assert UnitAlias.objects.get().alias == "a1"


def test_a_browser_of_two_people_keeps_its_past_with_the_first():
    track(None, anonymous="a1")
    say(userId="u1", anonymousId="a1", traits={}, minutes=1)
    say(userId="u2", anonymousId="a1", traits={}, minutes=2)
    done = follow()
    assert Event.objects.get(kind="track").unit_id == "u1"
    follow()
    say(userId="u2", anonymousId="a1", traits={}, minutes=3)
    assert follow().refused == ["alias: “a1” is “u1” already, and not “u2” too"]
    assert done.created == 2
    assert Event.objects.get(kind="track").unit_id == "u1"


def test_nobody_gets_a_contacts_past_by_naming_them():
    say(traits={"plan": "pro"})
    follow()
    track("u1")
    say("alias", userId="thief", previousId="u1", minutes=2)
    say(userId="thief", anonymousId="u1", traits={}, minutes=3)
    done = follow()
    assert Event.objects.get(kind="track").unit_id == "u1"
    assert ann().attributes == {"plan": "pro"}
    assert "contact of its own" in done.refused[0]
    assert Rejection.objects.filter(source="audience:identify").exists()


def test_what_is_refused_is_kept_without_being_quoted():
    say(traits={"email": "no address but a secret", "plan": "pro"})
    follow()
    assert ann().email == ""
    assert ann().attributes == {"plan": "pro"}
    kept = Rejection.objects.get()
    assert "traits.email is no e-mail address" in kept.reason
    assert "secret" not in kept.reason + kept.payload["text"]


def test_consent_said_along_is_in_the_ledger():
    preferences = {"email": True, "profiling": False, "Advertising": True, "sms": "yes"}
    say(traits={}, context={"consent": {"categoryPreferences": preferences}})
    follow()
    follow()
    said = dict(Consent.objects.values_list("purpose", "is_given"))
    assert said == {"email": True, "profiling": False}


@pytest.mark.parametrize("consent", [None, "yes", [], {"categoryPreferences": ["email"]}])
def test_consent_of_another_shape_says_nothing(consent):
    say(traits={}, context={"consent": consent})
    follow()
    assert not Consent.objects.exists()


def test_many_contacts_at_once():
    for number in range(520):
        say(userId=f"u{number}", traits={"n": number})
    assert follow().created == 520
    assert Contact.objects.get(external_id="u519").attributes == {"n": 519}


def test_an_event_that_is_not_committed_is_read_when_it_is():
    import threading

    from django.db import connection, transaction

    stored, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            say(userId="slow", traits={})
            stored.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    stored.wait(10)
    say(userId="quick", traits={})
    contacts_identify(now=NOON)
    go_on.set()
    thread.join()
    follow()
    assert set(Contact.objects.values_list("external_id", flat=True)) == {"slow", "quick"}


@pytest.fixture
def told(owner):
    """What is told to other programs, by its kind."""
    WebhookEndpoint.objects.create(name="CRM", url="https://crm.shop.example/")

    def messages():
        sent = WebhookMessage.objects.order_by("created_at", "pk")
        return sorted(
            ((one.kind, orjson.loads(one.body)["data"]) for one in sent), key=lambda told: told[0]
        )

    return messages


def test_who_became_known_and_who_they_were_is_told_once(told):
    say(traits={"plan": "pro"}, anonymousId="visitor-7")
    follow()
    say(traits={"plan": "basic"}, anonymousId="visitor-7", minutes=5)
    follow()
    assert told() == [
        ("contact.identified", {"contact": "u1", "subject": str(ann().subject_id)}),
        ("contact.merged", {"contact": "u1", "alias": "visitor-7"}),
    ]


def test_a_name_that_is_another_contacts_is_told_as_nobodys(told):
    say(userId="u1", traits={})
    say(userId="u2", traits={})
    follow()
    say("alias", userId="u1", previousId="u2")
    follow()
    assert [kind for kind, _ in told()] == ["contact.identified"] * 2
