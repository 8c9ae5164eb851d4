"""The set-up page's token and send list: who may, and that a look changes nothing."""

import pytest
from django.urls import reverse

from campaigns.tokens import campaign_token
from experiments.models import Exposure
from tests.factories import campaigns as make


@pytest.fixture
def live(owner):
    return make.live_campaign(owner, segments=[])


def page(campaign, name="setup"):
    return reverse(f"web:{name}", args=[campaign.pk])


def test_who_may_launch_sees_the_token_and_others_do_not(client, owner, teammate, live):
    token = campaign_token(live.key, 1)
    client.force_login(owner)
    assert token in client.get(page(live)).content.decode()
    client.force_login(teammate)
    assert token not in client.get(page(live)).content.decode()


def test_a_new_token_replaces_the_old_one(client, owner, live):
    client.force_login(owner)
    client.post(page(live, "renew_token"))
    live.refresh_from_db()
    shown = client.get(page(live)).content.decode()
    assert campaign_token(live.key, 2) in shown
    assert campaign_token(live.key, 1) not in shown


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_list_comes_as_a_file(client, owner, live, form):
    make.contact("c-9")
    client.force_login(owner)
    answer = client.post(page(live, "send_list"), {"format": form})
    assert f"-send-list.{form}" in answer["Content-Disposition"]
    assert len(answer.getvalue()) > 100
    assert Exposure.objects.get().unit_id == "c-9"


def test_a_list_is_not_fetched_by_a_link(client, owner, live):
    client.force_login(owner)
    assert client.get(page(live, "send_list")).status_code == 405


def test_what_is_not_live_has_no_list(client, owner):
    campaign = make.campaign()
    client.force_login(owner)
    answer = client.post(page(campaign, "send_list"), {"format": "csv"}, follow=True)
    assert "is not live" in answer.content.decode()


@pytest.mark.parametrize("name", ["renew_token", "send_list"])
def test_a_team_mate_may_not(client, teammate, live, name):
    client.force_login(teammate)
    assert client.post(page(live, name)).status_code == 403
    live.refresh_from_db()
    assert live.token_version == 1
