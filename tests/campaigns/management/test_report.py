import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import campaigns as make
from tests.factories.experiments import expose

pytestmark = pytest.mark.django_db


def printed(*arguments):
    out = StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def live(owner):
    return make.live_campaign(owner, key="spring", segments=[make.segment("knits")])


def test_a_campaign_nobody_knows_is_answered_with_those_there_are(live):
    with pytest.raises(CommandError, match=r"no campaign 'sprnig'\. Campaigns: spring"):
        call_command("report", "sprnig")


def test_without_any_campaign_it_says_where_to_make_one(db):
    with pytest.raises(CommandError, match="none yet; make one in the admin"):
        call_command("report", "spring")


def test_the_report_shows_arms_split_and_verdict(live):
    text = printed("spring")
    assert "Spring dresses (spring)" in text
    assert "Control (human copy)" in text
    assert "Urgency" in text
    assert "Split of the traffic:" in text
    assert "Verdict:" in text


def test_a_draft_is_told_to_launch_first():
    campaign = make.campaign()
    assert "launch the campaign and send events" in printed(campaign.key)


def test_json_has_the_same_figures_for_a_program(live):
    report = json.loads(printed("spring", "--json"))
    assert report["header"]["key"] == "spring"
    assert [arm["key"] for arm in report["metrics"][0]["overall"]["arms"]] == [
        "control",
        "urgency",
        "curiosity",
    ]
    assert report["verdict"]["kind"] == "keep_going"


def test_markup_in_a_name_is_text(owner):
    make.live_campaign(owner, key="odd", name="[red]Sale[/red]", segments=[])
    assert "[red]Sale[/red] (odd)" in printed("odd")


def test_what_could_not_be_compared_is_explained_once_under_the_table(live):
    text = " ".join(printed("spring").split())
    error = "not compared: "
    assert text.count(error) == 2


def test_only_the_full_report_shows_other_metrics_by_segment(live):
    expose(live.experiment, "control", "ann", "bob", stratum="loyal")
    short, full = printed("spring"), printed("spring", "--full")
    assert full.count("Control (human copy)") > short.count("Control (human copy)")
