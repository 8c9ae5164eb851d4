"""An email tool speaks of an address before anybody knows whose it is; then the shop says it."""

import json

import pytest
from django.test import Client

from audience.models import Contact
from audience.tasks import follow_events
from events.models import Event
from events.tasks import flag_bots
from experiments.models import Exposure
from experiments.tasks import exposures_follow
from privacy.selectors import is_suppressed
from tests.events.api import esp_shapes as tools
from tests.factories.events import message, write_key
from tests.factories.experiments import expose, running
from tests.waiting import wait_until_readable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def send():
    key = write_key()

    def post(address, body):
        answer = Client().post(
            f"/v1/{address}",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )
        assert answer.status_code == 200, answer.content
        wait_until_readable()

    return post


def nameless(event):
    return {name: value for name, value in event.items() if name != "X-Mailin-custom"}


def test_events_and_suppression_find_their_contact(send):
    send("esp/brevo", nameless(tools.brevo("unsubscribe")))
    follow_events()
    assert not Contact.objects.exists()
    said = {"type": "identify", "traits": {"email": tools.ADDRESS}, "anonymousId": "browser"}
    send("identify", message(**said))
    follow_events()
    contact = Contact.objects.get()
    assert (contact.external_id, contact.email) == ("u1", tools.ADDRESS)
    assert is_suppressed(contact.subject_id, channel="email")
    assert Event.objects.get(name="Unsubscribed").unit_id == "u1"
    # From now on the address is theirs at once.
    send("esp/brevo", nameless(tools.brevo("click", link=tools.LINK)))
    assert Event.objects.get(name="Email Link Clicked").unit_id == "u1"


def test_a_visitor_in_a_test_logs_in(send):
    expose(running(), "urgency", "browser")
    send("track", message(userId=None, anonymousId="browser", event="Product Viewed"))
    send("identify", message(type="identify", anonymousId="browser", traits={}))
    follow_events()
    exposures_follow()
    assert Event.objects.get(name="Product Viewed").unit_id == "u1"
    assert Exposure.objects.get().unit_id == "u1"


def test_a_scanner_is_found_by_the_worker(send):
    for number in range(4):
        click = tools.brevo("click", link=f"https://shop.example/{number}")
        send("esp/brevo", click)
    flag_bots()
    assert {tuple(event.bot_reasons) for event in Event.objects.all()} == {("burst",)}
