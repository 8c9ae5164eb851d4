from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from events import links
from events.api.links import PICTURE
from events.links import Mail
from events.models import Event
from events.services import bots_flag
from privacy.models import Suppression

pytestmark = pytest.mark.django_db

MAIL = Mail("u1", uuid4(), "autumn", "d1", "urgency")
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1"


@pytest.fixture(autouse=True)
def here(settings):
    settings.PUBLIC_URL = ""


@pytest.fixture
def person():
    return Client(enforce_csrf_checks=True, headers={"User-Agent": PHONE})


def test_a_picture_is_an_open_of_that_mail(person):
    answer = person.get(links.open_picture(MAIL))
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer["Content-Type"] == "image/gif"
    assert answer["Cache-Control"] == "no-store, max-age=0"
    assert "Set-Cookie" not in answer
    event = Event.objects.get()
    assert (event.name, event.unit_id, event.bot_reasons) == ("Email Opened", "u1", [])
    assert event.properties == {"campaign": "autumn", "delivery": "d1", "arm": "urgency"}
    assert event.context == {"userAgent": PHONE, "network": "127.0.0.0/24"}


def test_a_link_leads_on_and_is_a_click(person):
    answer = person.get(links.tracked_link(MAIL, "https://shop.example/straße?a=1&b=2"))
    assert answer.status_code == 302
    assert answer["Location"] == "https://shop.example/stra%C3%9Fe?a=1&b=2"
    assert "no-store" in answer["Cache-Control"]
    event = Event.objects.get()
    assert event.name == "Email Link Clicked"
    assert event.properties["url"] == "https://shop.example/straße?a=1&b=2"


def test_the_same_look_twice_in_a_minute_is_one_event(person, monkeypatch):
    now = timezone.now().replace(second=10)
    monkeypatch.setattr("events.api.links.timezone.now", lambda: now)
    for _ in range(3):
        person.get(links.open_picture(MAIL))
    assert Event.objects.count() == 1
    monkeypatch.setattr("events.api.links.timezone.now", lambda: now + timedelta(minutes=1))
    person.get(links.open_picture(MAIL))
    assert Event.objects.count() == 2


@pytest.mark.parametrize("token", ["x", "x" * 5_000, "%00", "%0d%0aSet-Cookie:a=b", "<script>"])
def test_a_token_that_is_not_ours_leads_nowhere(person, token):
    dead = person.get(f"/c/{token}")
    assert dead.status_code == 404
    assert b"<script>" not in dead.content
    assert "Location" not in dead
    # A mail shows no broken picture, whatever became of its address.
    assert person.get(f"/o/{token}.gif").content == PICTURE
    assert not Event.objects.exists()


def test_a_target_in_the_address_is_not_looked_at(person):
    answer = person.get(
        links.tracked_link(MAIL, "https://shop.example/"), {"url": "//evil.example"}
    )
    assert answer["Location"] == "https://shop.example/"


def test_a_target_that_is_no_longer_allowed_is_not_led_to(person, settings):
    address = links.tracked_link(MAIL, "https://old.example/")
    settings.LINK_DOMAINS = ["shop.example"]
    assert person.get(address).status_code == 404
    assert not Event.objects.exists()


def test_asking_for_the_headers_alone_is_a_machine(person):
    assert person.head(links.tracked_link(MAIL, "https://shop.example/")).status_code == 302
    assert Event.objects.get().bot_reasons == ["head_request"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_nothing_but_looking_is_taken(person, method):
    for address in (links.open_picture(MAIL), links.tracked_link(MAIL, "https://shop.example/")):
        answer = getattr(person, method)(address)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert not Event.objects.exists()


def test_a_decoy_leads_nowhere_and_gives_a_scanner_away(person):
    decoy = links.tracked_link(MAIL, "https://shop.example/", is_decoy=True)
    person.get(links.tracked_link(MAIL, "https://shop.example/1"))
    answer = person.get(decoy)
    assert answer.status_code == 204
    now = timezone.now()
    bots_flag(since=now - timedelta(hours=1), until=now + timedelta(hours=1))
    assert [event.bot_reasons for event in Event.objects.all()] == [["decoy_link"]] * 2


def test_where_the_log_does_not_answer_people_get_on(person, monkeypatch):
    picture, link = links.open_picture(MAIL), links.tracked_link(MAIL, "https://shop.example/")

    def refuse(*_, **__):
        raise OperationalError("the connection is gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    assert person.get(picture).content == PICTURE
    assert person.get(link).status_code == 302


def test_behind_a_proxy_the_visitor_is_whom_the_proxy_heard(person, settings):
    settings.TRUSTED_PROXIES = 1
    # A visitor may write what they like before it.
    forged = "10.0.0.1, 203.0.113.9"
    person.get(links.open_picture(MAIL), headers={"X-Forwarded-For": forged}, secure=True)
    assert Event.objects.get().context["network"] == "203.0.113.0/24"


def test_looking_never_unsubscribes_anybody(person):
    address = links.unsubscribe_link(MAIL)
    for _ in range(2):
        assert b"Unsubscribe from these emails?" in person.get(address).content
    person.head(address)
    assert not Suppression.objects.exists()
