"""The demonstration's help pages answer what they should, and own up to what they lack."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.models import EvalRun, Message
from assistant.selectors import conversations_waiting
from tests.factories.audience import NOON
from web.demo import helping

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(db):
    return helping.knowledge_ensure(now=NOON)


def questions():
    return Message.objects.filter(role=Message.Role.VISITOR).count()


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


def test_visitors_come_once_however_often_the_demonstration_starts(base):
    helping.story_tell(now=NOON)
    gaps = base.gaps.count()
    assert questions() == len(helping.ASKED)
    helping.story_tell(now=NOON + timedelta(hours=1))
    assert (questions(), base.gaps.count()) == (len(helping.ASKED), gaps)


def test_visitors_that_were_broken_off_come_again_from_the_start(base, monkeypatch):
    def stopped(*_args, **_kw):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(helping, "conversation_hand_over", stopped)
        with pytest.raises(KeyboardInterrupt):
            helping.story_tell(now=NOON)
    assert questions() == 0
    helping.story_tell(now=NOON)
    assert questions() == len(helping.ASKED)


def test_a_base_whose_reading_was_broken_off_is_read_by_the_next_start(db, monkeypatch):
    def stopped(*_args, **_kw):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(helping, "documents_read", stopped)
        with pytest.raises(KeyboardInterrupt):
            helping.knowledge_ensure(now=NOON)
    assert helping.knowledge_ensure(now=NOON).documents.count() == len(
        list(helping.FOLDER.iterdir())
    )
