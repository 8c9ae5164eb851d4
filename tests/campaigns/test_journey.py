"""A marketer's story, with every real part below: from the brief to the verdict."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from campaigns import services, tasks
from campaigns.models import Variant
from campaigns.selectors import report_for, review_board
from core.api_keys import api_key_create
from experiments.services import analysis_refresh
from generation.services import job_work
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
PEOPLE = 120


@pytest.fixture
def segments():
    return [
        make.segment("knits", name="Knit lovers"),
        make.segment("bargains", name="Bargain hunters"),
    ]


@pytest.fixture
def campaign(segments):
    return make.campaign(key="autumn", segments=segments, offer=make.offer(), candidates=2)


@pytest.fixture
def tool(db):
    """An email tool that asks for copy and tells what people did."""
    secret = api_key_create("mail tool", ["decide", "events"])[1]
    return Client(headers={"Authorization": f"Bearer {secret}"})


def post(tool, path, payload):
    response = tool.post(path, json.dumps(payload), content_type="application/json")
    assert response.status_code == 200, response.content
    return response.json()


def write(campaign, actor, *, now):
    job = services.campaign_generate(campaign, actor=actor, now=now, seed=11)
    job_work(job.pk, worker="here")
    tasks.variants_collect(job_id=job.pk, then_id=campaign.pk)
    campaign.refresh_from_db()


def test_the_house_composer_fills_every_cell_for_review(campaign, teammate):
    write(campaign, teammate, now=timezone.now())
    board = review_board(campaign)
    assert campaign.status == "review"
    candidates = [len(cell.candidates) for row in board.rows for cell in row.cells[1:]]
    assert candidates == [2, 2, 2, 2]
    assert not any(
        candidate.is_blocked
        for row in board.rows
        for cell in row.cells
        for candidate in cell.candidates
    )
    assert board.notices == ()


def test_the_same_seed_writes_the_same_copy(segments, teammate):
    texts = []
    for key in ("first", "second"):
        campaign = make.campaign(
            key=key, segments=segments, template=None, brand_voice=make.brand_voice()
        )
        write(campaign, teammate, now=timezone.now())
        texts.append(
            sorted(campaign.variants.exclude(angle="control").values_list("subject", "body"))
        )
    assert texts[0] == texts[1]


def launch(campaign, owner, *, now):
    services.variants_approve_best(campaign, actor=owner, now=now)
    services.campaign_launch(
        campaign, actor=owner, now=now, minimum_units_per_arm=10, minimum_days=1
    )


def decide_for_all(tool, segments):
    """What the tool is told for every contact, by contact."""
    people = [
        make.contact(f"p-{number}", segments=[segments[number % 2]]).external_id
        for number in range(PEOPLE)
    ]
    return {
        person: post(tool, "/v1/decide", {"campaign": "autumn", "contact": person})
        for person in people
    }


def order(person):
    return {
        "type": "track",
        "messageId": f"order-{person}",
        "userId": person,
        "event": "Order Completed",
        "properties": {"revenue": 19.9, "currency": "EUR"},
    }


def test_from_a_brief_to_a_verdict(campaign, segments, owner, tool):
    start = timezone.now() - timedelta(days=10)
    write(campaign, owner, now=start)
    launch(campaign, owner, now=start)

    decisions = decide_for_all(tool, segments)
    assert not any(decision["fallback"] for decision in decisions.values())
    assert {decision["variant"] for decision in decisions.values()} <= set(
        Variant.objects.filter(status="approved").values_list("pk", flat=True)
    )

    buyers = [person for person, decision in decisions.items() if decision["arm"] == "urgency"]
    post(tool, "/v1/batch", {"batch": [order(person) for person in buyers]})
    post(tool, "/v1/batch", {"batch": [order(person) for person in buyers]})

    later = timezone.now() + timedelta(minutes=1)
    analysis_refresh(campaign.experiment, now=later)
    report = report_for(campaign, now=later)
    arms = {arm.key: arm for arm in report.goal.overall.arms}
    assert sum(arm.units for arm in arms.values()) == PEOPLE
    assert {key: arm.converters for key, arm in arms.items()} == {
        "control": 0,
        "urgency": len(buyers),
        "curiosity": 0,
    }
    revenue = {arm.key: arm.total for arm in report.metrics[1].overall.arms}
    assert revenue["urgency"] == Decimal("19.9") * len(buyers)
    names = {"Knit lovers", "Bargain hunters"}
    assert {table.segment_name for table in report.goal.segments} == names
    assert (report.verdict.kind, report.verdict.arm) == ("ship", "urgency")
    assert {text.segment_name for text in report.winning_copies} == names
    printed = StringIO()
    call_command("report", "autumn", stdout=printed)
    assert report.verdict.sentence in " ".join(printed.getvalue().split())


def test_when_writing_fails_people_can_still_write(campaign, segments, owner, settings):
    job = services.campaign_generate(campaign, actor=owner, now=timezone.now(), seed=11)
    type(job).objects.filter(pk=job.pk).update(generator="composer-that-is-gone")
    job_work(job.pk, worker="here")
    tasks.variants_collect(job_id=job.pk, then_id=campaign.pk)
    campaign.refresh_from_db()
    board = review_board(campaign)
    assert campaign.status == "review"
    assert board.notices[0].startswith("Writing failed, so there is only the control copy:")
    for cell in make.angle_cells(campaign):
        services.variant_create(
            campaign, cell.segment, cell.angle, make.cell_copy(cell), actor=owner
        )
    services.variants_approve_best(campaign, actor=owner, now=timezone.now())
    services.campaign_launch(campaign, actor=owner, now=timezone.now())
    assert campaign.status == "live"
