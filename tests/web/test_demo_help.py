"""The demonstration's help pages answer what they should, and own up to what they lack."""

from __future__ import annotations

import pytest

from assistant.models import EvalRun, Message
from assistant.selectors import conversations_waiting
from tests.factories.audience import NOON
from web.demo import helping

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(db):
    return helping.knowledge_ensure(now=NOON)


def test_each_question_finds_the_page_that_answers_it(base):
    figures = EvalRun.objects.get(base=base).figures
    assert figures["both"]["hit_rate"] >= 0.9, figures


def test_visitors_are_answered_or_stay_for_a_person(base):
    helping.visitors_play(base, now=NOON)
    asked = Message.objects.filter(role=Message.Role.ASSISTANT)
    outcomes = dict(asked.values_list("looked_for", "outcome"))
    assert outcomes["How do I wash a merino jumper?"] == Message.Outcome.ANSWERED
    assert outcomes["Do you hire students?"] == Message.Outcome.NO_EVIDENCE
    assert outcomes["Can you gift wrap my order?"] != Message.Outcome.ANSWERED
    assert base.gaps.exists()
    assert [one.base for one in conversations_waiting()] == [base]
