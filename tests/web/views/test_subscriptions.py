from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client

from events import links
from events.links import ONE_CLICK, Mail
from events.models import Event
from privacy.models import Suppression
from privacy.selectors import is_suppressed
from privacy.services import suppression_add

pytestmark = pytest.mark.django_db

SUBJECT = uuid4()
MAIL = Mail("u1", SUBJECT, "autumn", "d1", "urgency")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def address(settings):
    settings.PUBLIC_URL = ""
    return links.unsubscribe_link(MAIL)


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


def test_one_click_of_a_mail_program_is_enough(client, address):
    answer = client.post(address, ONE_CLICK, content_type=FORM)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer
    assert is_suppressed(SUBJECT, channel="email")
    assert not is_suppressed(SUBJECT, channel="sms")
    kept = Suppression.objects.get()
    assert (kept.reason, kept.source) == ("unsubscribed", "unsubscribe-link:autumn")
    event = Event.objects.get()
    assert (event.name, event.unit_id) == ("Unsubscribed", "u1")
    assert event.properties == {"campaign": "autumn", "delivery": "d1", "arm": "urgency"}


def test_a_mail_program_may_send_it_as_a_form_with_parts(client, address):
    # RFC 8058 allows both.
    answer = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert is_suppressed(SUBJECT, channel="email")


def test_again_it_changes_nothing(client, address):
    for _ in range(3):
        assert client.post(address, ONE_CLICK, content_type=FORM).status_code == 200
    assert (Suppression.objects.count(), Event.objects.count()) == (1, 1)


def test_a_robot_that_asks_is_heard(client, address):
    client.post(address, ONE_CLICK, content_type=FORM, headers={"User-Agent": "curl/8.4.0"})
    assert is_suppressed(SUBJECT, channel="email")
    assert Event.objects.get().bot_reasons == []


def test_a_person_reads_before_they_click_and_may_come_back(client, address):
    assert b"Unsubscribe from these emails?" in client.get(address).content
    left = client.post(address, {"choice": "leave"})
    assert b"You are unsubscribed" in left.content
    back = client.post(address, {"choice": "return"})
    assert b"You are subscribed again" in back.content
    assert not is_suppressed(SUBJECT, channel="email")
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        "Unsubscribed",
        "Subscribed",
    ]


@pytest.mark.parametrize("reason", ["bounced", "complained", "manual"])
def test_only_an_unsubscription_can_be_taken_back(client, address, reason):
    suppression_add(SUBJECT, reason=reason, channel="email")
    answer = client.post(address, {"choice": "return"})
    assert b"Nothing was changed" in answer.content
    assert is_suppressed(SUBJECT, channel="email")


def test_a_complaint_takes_the_place_of_an_unsubscription(client, address):
    client.post(address, ONE_CLICK, content_type=FORM)
    suppression_add(SUBJECT, reason="complained", channel="email", source="esp")
    client.post(address, {"choice": "return"})
    assert Suppression.objects.get().reason == "complained"


@pytest.mark.parametrize("token", ["x", "x" * 5_000, "..%2f", "<script>alert(1)</script>"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_does_nothing(client, method, token):
    answer = getattr(client, method)(f"/u/{token}")
    assert answer.status_code == 404
    assert b"<script>" not in answer.content
    assert not Suppression.objects.exists()


def test_a_link_of_another_kind_unsubscribes_nobody(client, address):
    token = links.open_picture(MAIL).rpartition("/")[2].removesuffix(".gif")
    assert client.post(f"/u/{token}", ONE_CLICK, content_type=FORM).status_code == 404


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"a" * 100_000])
def test_whatever_a_mail_program_sends_means_out(client, address, body):
    assert client.post(address, body, content_type=FORM).status_code == 200
    assert is_suppressed(SUBJECT, channel="email")


def test_what_could_not_be_kept_is_not_confirmed(client, address, monkeypatch):
    def refuse(*_, **__):
        raise OperationalError("the connection is gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.post(address, ONE_CLICK, content_type=FORM)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0


def test_the_page_allows_no_script_and_is_kept_nowhere(client, address):
    answer = client.get(address)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"


def test_other_methods_are_refused(client, address):
    assert client.delete(address).status_code == 405
