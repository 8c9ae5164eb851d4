"""The same delivery gives the same answer, whatever has changed since."""

import json
import secrets

import pytest
from django.test import Client

from audience.models import Contact
from campaigns import deliveries, services
from core.api_keys import api_key_create
from privacy.services import subject_erase, suppression_add
from tests.campaigns.test_personalise_without_database import closed_port
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact():
    # Redis outlives a test: names of its own keep them apart.
    return make.contact(f"c-{secrets.token_hex(6)}")


@pytest.fixture
def live(owner):
    return make.live_campaign(owner, segments=[], key=f"spring-{secrets.token_hex(4)}")


@pytest.fixture
def ask(live, contact):
    secret = api_key_create("mail tool", ["decide"])[1]
    tool = Client(headers={"Authorization": f"Bearer {secret}"})

    def asked(**more):
        given = {"campaign": live.key, "contact": contact.external_id, **more}
        return tool.post("/v1/decide", json.dumps(given), content_type="application/json").json()

    return asked


def rename(contact):
    Contact.objects.filter(pk=contact.pk).update(first_name="Grace")


def test_a_new_name_changes_the_next_delivery_and_not_this_one(ask, contact):
    first = ask(delivery="d-1")
    rename(contact)
    assert ask(delivery="d-1") == first
    assert ask(delivery="d-2")["content"]["subject"].startswith("Grace, ")
    assert ask()["content"]["subject"].startswith("Grace, ")


def test_a_pause_does_not_change_what_was_answered(ask, owner, live):
    first = ask(delivery="d-1")
    services.campaign_pause(live, actor=owner, now=make.NOON)
    assert ask(delivery="d-1") == first
    assert ask(delivery="d-2")["reason"] == "campaign_paused"


def test_a_fallback_is_not_kept(ask, owner, live):
    services.campaign_pause(live, actor=owner, now=make.NOON)
    assert ask(delivery="d-1")["fallback"]
    services.campaign_resume(live, actor=owner, now=make.NOON)
    assert not ask(delivery="d-1")["fallback"]


def test_who_unsubscribed_since_is_not_to_be_sent_the_old_answer(ask, contact):
    assert not ask(delivery="d-1")["suppressed"]
    suppression_add(contact.subject_id, reason="unsubscribed")
    assert ask(delivery="d-1")["suppressed"]


def test_neither_the_contact_nor_the_delivery_stands_in_redis(ask, contact):
    ask(delivery="order-4711")
    kept = deliveries._redis()
    names = [key for key in kept.scan_iter("decide:*") if contact.external_id.encode() in key]
    fields = [field for key in kept.scan_iter("decide:*") for field in kept.hkeys(key)]
    assert (names, [field for field in fields if b"4711" in field]) == ([], [])


def test_a_contacts_answers_can_be_dropped(ask, contact):
    ask(delivery="d-1")
    assert deliveries.forget_contact(contact.external_id) == 1
    rename(contact)
    assert ask(delivery="d-1")["content"]["subject"].startswith("Grace, ")


def test_without_redis_there_is_an_answer_and_the_arm_stays(ask, contact, settings, monkeypatch):
    first = ask(delivery="d-1")
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port()}/0"
    monkeypatch.setattr(deliveries, "_client", None)
    monkeypatch.setattr(deliveries, "_down_until", 0.0)
    rename(contact)
    again = ask(delivery="d-1")
    assert (again["arm"], again["assignment"]) == (first["arm"], first["assignment"])
    assert again["content"]["subject"].startswith("Grace, ")


@pytest.mark.parametrize("delivery", [{}, "d" * 201, "d\x00", True])
def test_a_delivery_that_is_no_name_is_refused(ask, delivery):
    assert ask(delivery=delivery)["field"] == "delivery"


@pytest.mark.django_db(transaction=True)
def test_an_erased_persons_answers_are_gone(ask, contact):
    ask(delivery="d-1")
    receipt = subject_erase(contact.subject_id)
    assert receipt["answers"] == 1
    assert ask(delivery="d-1")["reason"] == "unknown_contact"
