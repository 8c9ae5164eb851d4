"""The links of an answer, followed as mail programs do, through the real doors."""

import re
import secrets
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.mail_links import mail_links
from campaigns.personalise import decide
from campaigns.tokens import campaign_token
from core.api_keys import api_key_create
from events.models import Event
from experiments.services import experiment_ramp
from generation.briefs import Copy
from privacy.models import Suppression
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def address(settings):
    settings.PUBLIC_URL = "https://copylift.shop.example"


@pytest.fixture
def live(owner):
    # Redis keeps the answers of earlier tests: a name of its own for each.
    return make.live_campaign(owner, segments=[], key=f"spring-{secrets.token_hex(4)}")


@pytest.fixture
def ask(live):
    make.contact("ann")
    key = api_key_create("mail tool", ["decide"])[1]

    def asked(contact="ann", headers=None, **given):
        question = {"campaign": live.key, "contact": contact, **given}
        client = Client(headers=headers or {"Authorization": f"Bearer {key}"})
        return client.post("/v1/decide", question, content_type="application/json").json()

    return asked


def path_of(link):
    return re.fullmatch(r"<?https://copylift\.shop\.example(/[^>]+)>?", link)[1]


def test_the_picture_tells_of_an_open_of_this_mail(ask, live):
    said = ask(delivery="d-1")
    picture = Client().get(path_of(said["links"]["open_picture"]))
    assert picture["Content-Type"] == "image/gif"
    event = Event.objects.get(name="Email Opened")
    assert event.unit_id == "ann"
    assert event.properties == {"campaign": live.key, "delivery": "d-1", "arm": said["arm"]}


def test_one_click_of_the_header_and_nothing_more_is_sent(ask):
    links = ask(delivery="d-1")["links"]
    assert path_of(links["unsubscribe"]) == path_of(links["list_unsubscribe"])
    answer = Client(enforce_csrf_checks=True).post(
        path_of(links["list_unsubscribe"]),
        links["list_unsubscribe_post"],
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert Suppression.objects.get().reason == "unsubscribed"
    assert ask(delivery="d-2")["suppressed"] is True


def test_the_same_delivery_has_the_same_links_and_another_has_others(ask):
    first, again, other = (ask(delivery=name)["links"] for name in ("d-1", "d-1", "d-2"))
    assert first == again
    assert first["open_picture"] != other["open_picture"]


def test_who_gets_the_control_copy_can_leave_too(ask, live, owner):
    experiment_ramp(live.experiment, coverage=0.0, now=make.NOON, actor=owner)
    said = ask(delivery="d-1")
    assert said["reason"] == "not_covered"
    assert said["links"]["unsubscribe"]


def test_nobody_known_no_delivery_or_a_token_has_none(ask, live):
    assert "links" not in ask()
    assert "links" not in ask("a stranger", delivery="d-1")
    token = campaign_token(live.key, live.token_version)
    assert "links" not in ask(delivery="d-2", headers={"Authorization": f"Bearer {token}"})
    assert "links" not in ask(delivery="d-3", headers={"X-None": "1"}, token=token)


def test_no_other_channel_than_email_has_any(live):
    make.contact("ann")
    mail = decide(live.key, "ann", now=timezone.now())
    assert mail_links(mail, delivery="d-1")
    text = replace(mail, content=Copy("Hello. STOP to opt out", channel="sms"))
    assert mail_links(text, delivery="d-1") == {}
