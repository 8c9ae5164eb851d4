"""The campaign's own token: for tools that can send no header."""

import pytest
from django.test import Client

from campaigns.tokens import campaign_token
from core.api_keys import api_key_create
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(owner):
    return make.live_campaign(owner, segments=[])


def status(campaign, token, **more):
    asked = {"campaign": campaign, "contact": "c-1", "token": token, **more}
    return Client().get("/v1/decide", asked).status_code


def test_the_token_opens_its_campaign(live):
    assert status(live.key, campaign_token(live.key, 1)) == 200


def test_it_may_stand_in_the_header_or_in_the_body(live):
    token = campaign_token(live.key, 1)
    asked = {"campaign": live.key, "contact": "c-1"}
    by_header = Client(headers={"Authorization": f"Bearer {token}"}).get("/v1/decide", asked)
    by_body = Client().post("/v1/decide", asked | {"token": token}, content_type="application/json")
    assert (by_header.status_code, by_body.status_code) == (200, 200)


def test_it_opens_no_other_campaign(owner, live):
    other = make.live_campaign(owner, segments=[])
    assert status(other.key, campaign_token(live.key, 1)) == 401


def test_a_new_version_closes_the_door_for_the_old_token(live):
    old = campaign_token(live.key, 1)
    type(live).objects.update(token_version=2)
    assert status(live.key, old) == 401
    assert status(live.key, campaign_token(live.key, 2)) == 200


def test_another_installation_makes_other_tokens(live, settings):
    foreign = campaign_token(live.key, 1)
    settings.INSTALLATION_KEY = "another one"
    assert status(live.key, foreign) == 401


@pytest.mark.parametrize("token", ["", "ct_", "ct_wrong", "wrong", "ct_\x00", "ct_é"])
def test_what_is_no_token_opens_nothing(live, token):
    assert status(live.key, token) == 401


def test_a_token_of_a_campaign_that_is_not_there_opens_nothing():
    assert status("no-such", campaign_token("no-such", 1)) == 401


def test_a_key_is_no_token(live):
    assert status(live.key, api_key_create("tool", ["decide"])[1]) == 401
