"""Conversations are shown to whose they are, erased with all that came of them, and grow old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assistant.erasure import AssistantHolder
from assistant.models import Conversation, Feedback, Gap, Message
from assistant.services import conversations_expire, gap_search_request, gap_searches_run
from privacy.exports import as_csv
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENCODER = make.CountingEncoder()


@pytest.fixture
def base():
    return make.knowledge_base(key="help")


@pytest.fixture
def talks(base):
    own = make.asked(base, "do you wrap gifts", at=NOW, encoder=ENCODER, unit_id="ann")
    make.judged(own, is_helpful=False, reason="missing")
    make.asked(base, "do you wrap my gifts", at=NOW, encoder=ENCODER, unit_id="bob")
    make.asked(base, "is there parking", at=NOW, encoder=ENCODER, unit_id="ann")
    gap_search_request(base, actor=None, now=NOW)
    gap_searches_run(now=NOW)


def test_a_unit_is_shown_its_conversations_and_nobody_elses(talks):
    held = AssistantHolder().export(["ann", "ann@old"])
    asked, parked = sorted(held["conversations"], key=lambda one: one["messages"][0]["text"])
    assert [one["text"] for one in asked["messages"]] == [
        "do you wrap gifts",
        "An answer, or none.",
    ]
    assert asked["messages"][1]["feedback"]["reason"] == "missing"
    assert (asked["base"], len(parked["messages"])) == ("help", 2)
    assert "do you wrap gifts" in as_csv([{"assistant": held}])


def test_a_units_conversations_go_with_their_part_of_gaps(talks):
    assert Gap.objects.count() == 2
    assert AssistantHolder().erase(["ann"]) > 0
    assert [one.unit_id for one in Conversation.objects.all()] == ["bob"]
    assert Message.objects.count() == 2
    assert not Feedback.objects.exists()
    [gap] = Gap.objects.all()
    assert (gap.name, gap.visitor_count) == ("do you wrap my gifts", 1)


def test_whoever_is_not_known_here_loses_nothing(talks):
    assert AssistantHolder().erase(["zoe"]) == 0
    assert AssistantHolder().export(["zoe"]) == {"conversations": []}
    assert Conversation.objects.count() == 3


def test_each_base_keeps_conversations_for_its_own_time(base):
    short = make.knowledge_base(keep_days=7)
    for one in (base, short):
        make.asked(one, "a question", at=NOW, encoder=ENCODER)
    assert conversations_expire(now=NOW + timedelta(days=6)) == 0
    assert conversations_expire(now=NOW + timedelta(days=8)) > 0
    assert [one.base for one in Conversation.objects.all()] == [base]
