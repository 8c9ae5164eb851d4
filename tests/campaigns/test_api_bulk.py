"""A send list in one request: every line what the single door would have said."""

import json
import secrets
import threading

import pytest
from django.db import connection
from django.test import Client

from campaigns.api import bulk
from campaigns.tokens import campaign_token
from core.api_keys import api_key_create
from experiments.models import Exposure, UnknownArm
from experiments.services import experiment_ramp, forced_arm_set, unit_assign
from privacy.services import suppression_add
from tests.campaigns.test_personalise_without_database import (
    closed_port,
    with_a_database_that_is_down,
)
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def knits():
    return make.segment("knits")


@pytest.fixture
def live(owner, knits):
    return make.live_campaign(owner, segments=[knits])


@pytest.fixture
def tool():
    secret = api_key_create("mail tool", ["decide"])[1]
    return Client(headers={"Authorization": f"Bearer {secret}"})


def send(tool, live, lines, **more):
    body = b"\n".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    )
    url = f"/v1/decide/bulk?campaign={live.key}"
    return tool.post(url, body, content_type="application/x-ndjson", **more)


def lines_of(response):
    return [json.loads(line) for line in response.getvalue().splitlines()]


def single(tool, live, contact):
    answer = tool.get("/v1/decide", {"campaign": live.key, "contact": contact}).json()
    return {"contact": contact, **answer}


def test_every_kind_of_contact_gets_what_the_single_door_says(tool, owner, live, knits):
    experiment_ramp(live.experiment, coverage=0.6, now=make.NOON, actor=owner)
    inside = [make.contact(segments=[knits]) for _ in range(30)]
    outside = make.contact()
    gone = make.contact(segments=[knits])
    suppression_add(gone.subject_id, reason="unsubscribed")
    tester = make.contact(segments=[knits])
    forced_arm_set(live.experiment, tester.external_id, arm_key="urgency", actor=owner)
    ids = [one.external_id for one in [*inside, outside, gone, tester]] + ["nobody-knows"]
    response = send(tool, live, [{"contact": one} for one in ids])
    answers = lines_of(response)
    reasons = {answer["reason"] for answer in answers}
    assert {"", "not_covered", "no_segment", "suppressed", "forced", "unknown_contact"} == reasons
    assert (response.status_code, response["Content-Type"]) == (200, "application/x-ndjson")
    assert answers == [single(tool, live, one) for one in ids]


def test_the_single_door_before_and_the_list_after_agree(tool, live, knits):
    ids = [make.contact(segments=[knits]).external_id for _ in range(10)]
    before = [single(tool, live, one) for one in ids]
    assert lines_of(send(tool, live, [{"contact": one} for one in ids])) == before
    assert Exposure.objects.count() == 10


def test_a_contact_named_twice_is_answered_twice_and_counted_once(tool, live, knits):
    contact = make.contact(segments=[knits]).external_id
    first, second = lines_of(send(tool, live, [{"contact": contact}] * 2))
    assert first == second
    assert Exposure.objects.count() == 1


@pytest.mark.parametrize("status", ["paused", "finished"])
def test_a_campaign_that_is_not_live_gives_everyone_the_control(tool, live, status):
    type(live).objects.update(status=status)
    answers = lines_of(send(tool, live, [{"contact": "c-1"}, {"contact": "c-2"}]))
    assert {answer["reason"] for answer in answers} == {f"campaign_{status}"}


def test_a_tool_that_splits_names_the_arm_in_each_line(tool, owner, knits):
    live = make.live_campaign(owner, segments=[knits], launch={"assignment": "external"})
    contact = make.contact(segments=[knits]).external_id
    (answer,) = lines_of(send(tool, live, [{"contact": contact, "arm": "urgency"}]))
    assert answer["arm"] == "urgency"


def told_in_every_way(live, owner, knits, name):
    """Lines of a tool that splits by itself; what it asked and said before is stored."""

    def new(kind, *, segments=(knits,)):
        return make.contact(f"{name}-{kind}", segments=segments)

    for kind in ("same", "other"):
        unit = new(kind).external_id
        arm = live.experiment.arms.get(key="urgency")
        unit_assign(live.experiment_id, unit, arm_id=arm.pk, stratum=knits.key, now=make.NOON)
    suppression_add(new("gone").subject_id, reason="unsubscribed")
    tester = new("tester").external_id
    forced_arm_set(live.experiment, tester, arm_key="curiosity", actor=owner)
    new("new"), new("unsplit"), new("misnamed"), new("twice"), new("later")
    new("outside", segments=())
    said = [
        ("new", "urgency"), ("same", "urgency"), ("other", "curiosity"), ("unsplit", None),
        ("misnamed", "no-arm"), ("twice", "urgency"), ("twice", "curiosity"), ("later", None),
        ("later", "urgency"), ("outside", "urgency"), ("gone", "urgency"), ("tester", "urgency"),
        ("nobody", "urgency"),
    ]  # fmt: skip
    return [{"contact": f"{name}-{kind}"} | ({"arm": arm} if arm else {}) for kind, arm in said]


def stored_of(name):
    rows = Exposure.objects.filter(unit_id__startswith=name).order_by("unit_id")
    found = rows.values_list("unit_id", "arm__key", "stratum", "has_other_arm")
    return [(unit.removeprefix(name), *rest) for unit, *rest in found]


def test_what_a_tool_that_splits_says_is_taken_as_at_the_single_door(tool, owner, knits):
    live = make.live_campaign(owner, segments=[knits], launch={"assignment": "external"})
    lists, singles = (told_in_every_way(live, owner, knits, name) for name in ("list", "door"))
    listed = lines_of(send(tool, live, lists))
    said = [
        tool.post("/v1/decide", line | {"campaign": live.key}, content_type="application/json")
        for line in singles
    ]
    assert [one.pop("contact") for one in listed] == [line["contact"] for line in lists]
    for one, other in zip(listed, (answer.json() for answer in said), strict=True):
        # Of contact and campaign: the only thing that may differ.
        assert one | {"assignment": ""} == other | {"assignment": ""}
    assert stored_of("list") == stored_of("door")
    assert len(stored_of("list")) == 5
    assert set(UnknownArm.objects.values_list("key", "times")) == {("no-arm", 2)}


def test_a_list_of_a_tool_that_splits_takes_few_queries(
    tool, owner, knits, django_assert_max_num_queries
):
    live = make.live_campaign(owner, segments=[knits], launch={"assignment": "external"})
    ids = [make.contact(segments=[knits]).external_id for _ in range(60)]
    with django_assert_max_num_queries(30):
        answers = lines_of(send(tool, live, [{"contact": one, "arm": "urgency"} for one in ids]))
    assert {answer["arm"] for answer in answers} == {"urgency"}
    assert Exposure.objects.count() == 60


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"{nope", "body"),
        (b"\xff\xfe", "body"),
        (b"[1]", "body"),
        ({"contact": ""}, "contact"),
        ({"contact": ["c"]}, "contact"),
        ({"contact": "c\x00"}, "contact"),
        ({"contact": "c" * 201}, "contact"),
        (b'{"contact": "\\ud800"}', "body"),
    ],
)
def test_a_line_that_cannot_be_read_says_so_and_spoils_no_other(tool, live, knits, line, field):
    contact = make.contact(segments=[knits]).external_id
    bad, good = lines_of(send(tool, live, [line, {"contact": contact}]))
    assert (bad["code"], bad["field"], bad["line"]) == ("invalid_request", field, 1)
    assert (good["contact"], good["fallback"]) == (contact, False)


def test_the_campaigns_token_opens_it_and_nothing_else_does(live):
    asked = {"content_type": "application/x-ndjson"}
    url = f"/v1/decide/bulk?campaign={live.key}&token="
    assert Client().post(url + campaign_token(live.key, 1), b"", **asked).status_code == 200
    assert Client().post(url + campaign_token("other", 1), b"", **asked).status_code == 401
    assert Client().post(url, b"", **asked).status_code == 401


def test_too_many_lines_are_refused(tool, live):
    response = send(tool, live, [b"{}"] * 100_001)
    assert (response.status_code, response.json()["field"]) == (400, "body")


def test_it_is_asked_with_post(tool, live):
    response = tool.get("/v1/decide/bulk", {"campaign": live.key})
    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_without_a_database_everyone_gets_the_control(tool, live, knits):
    contact = make.contact(segments=[knits]).external_id
    single(tool, live, contact)

    def ask():
        return lines_of(send(tool, live, [{"contact": contact}] * 3))

    answers = with_a_database_that_is_down(ask, port=closed_port())
    assert [answer["reason"] for answer in answers] == ["database_unavailable"] * 3
    assert {answer["arm"] for answer in answers} == {"control"}


@pytest.mark.django_db(transaction=True)
def test_long_lists_in_other_orders_at_once_say_what_one_list_after_the_other_says(
    owner, monkeypatch
):
    """Each list's parts are assigned on a thread of its own while the part before is written."""
    monkeypatch.setattr(bulk, "CONTACTS_AT_ONCE", 7)
    live = make.live_campaign(owner, segments=[], key=f"bulk-{secrets.token_hex(4)}")
    ids = [make.contact(f"c-{number}").external_id for number in range(40)] + ["nobody"]
    lists = [[json.dumps({"contact": one}).encode() for one in order] for order in (
        ids, ids[::-1], ids[20:] + ids[:20], ids + ids[:5],
    )]  # fmt: skip
    told = {}

    def ask(number):
        try:
            told[number] = b"".join(bulk.answers(live.key, lists[number]))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(len(lists))]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    arms = {}
    for number, asked in enumerate(lists):
        lines = [json.loads(line) for line in told[number].splitlines()]
        assert [line["contact"] for line in lines] == [json.loads(one)["contact"] for one in asked]
        for line in lines:
            assert arms.setdefault(line["contact"], line["arm"]) == line["arm"]
            assert line["fallback"] == (line["contact"] == "nobody")
    stored = dict(Exposure.objects.values_list("unit_id", "arm__key"))
    assert stored == {one: arm for one, arm in arms.items() if one != "nobody"}
