"""Gaps: what failed is grouped, known again, answered so that it is found, or put away for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assistant.gap_board import gap_board
from assistant.models import Gap, Message
from assistant.selectors import passages_for
from assistant.services import (
    gap_answer,
    gap_dismiss,
    gap_search_request,
    gap_searches_due,
    gap_searches_run,
)
from assistant.services.gaps import failed_answers
from core.errors import DomainError, InputRefused
from core.models import AuditEntry
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ENCODER = make.CountingEncoder()
WRAP = ("do you wrap gifts", "do you wrap my gifts", "do you wrap gifts please")


@pytest.fixture
def base():
    base = make.knowledge_base()
    make.read(base, {"returns.md": make.RETURNS}, now=NOW, encoder=ENCODER)
    return base


def asked(base, question, *, days=1, **given):
    return make.asked(base, question, at=NOW - days * DAY, encoder=ENCODER, **given)


def search(base, *, now=NOW):
    gap_search_request(base, actor=None, now=now)
    assert gap_searches_run(now=now) == 1
    return list(base.gaps.order_by("-visitor_count"))


def test_what_failed_is_no_evidence_a_thumb_down_or_left_unresolved(base):
    nothing = asked(base, "one")
    disliked = make.judged(
        asked(base, "two", outcome="answered"), is_helpful=False, reason="outdated"
    )
    unresolved = asked(base, "three", outcome="answered", status="unresolved")
    make.judged(asked(base, "four", outcome="answered"), is_helpful=True)
    asked(base, "five", outcome="answered")
    asked(base, "six", days=91)
    asked(make.knowledge_base(), "seven")
    assert set(failed_answers(base, now=NOW)) == {nothing, disliked, unresolved}


def test_questions_alike_are_one_gap_counted_by_visitor(base):
    for number, question in enumerate(WRAP):
        asked(base, question, days=number + 1, unit_id="u1" if number < 2 else "u2")
    asked(base, "is there parking nearby")
    first, second = search(base)
    assert (first.messages.count(), first.visitor_count) == (3, 2)
    assert first.name in WRAP
    assert second.name == "is there parking nearby"


def test_the_board_says_since_when_why_and_how_it_goes(base):
    for number, question in enumerate(WRAP):
        asked(base, question, days=number + 1)
    make.judged(
        asked(base, "do you wrap gifts", days=20, outcome="answered"),
        is_helpful=False,
        reason="outdated",
    )
    search(base)
    [line] = gap_board(base, now=NOW).lines
    assert (line.since, line.count) == (NOW - 20 * DAY + timedelta(microseconds=1), 4)
    assert line.reasons == (("nothing known", 3), ("outdated", 1))
    assert (line.weeks, line.trend) == ((0, 0, 0, 0, 0, 1, 0, 3), "rising")
    assert set(line.examples) == set(WRAP)


def test_a_draft_is_what_staff_said_and_what_stands_nearby(base):
    message = asked(base, "return a dress for cost")
    Message.objects.create(
        conversation=message.conversation, role="staff", text="Ask at the desk.", said_at=NOW
    )
    search(base)
    [line] = gap_board(base, now=NOW).lines
    assert line.draft.from_staff == ("Ask at the desk.",)
    assert "You can return a dress within 30 days." in line.draft.text


def test_what_is_for_staff_is_in_no_draft(base):
    make.read(base, {"s.md": make.STAFF}, now=NOW, encoder=ENCODER, audience="staff")
    asked(base, "refund code of the month")
    search(base)
    [line] = gap_board(base, now=NOW).lines
    assert "Dana" not in line.draft.text


def test_a_gap_stays_itself_from_search_to_search(base):
    for question in WRAP[:2]:
        asked(base, question)
    [before] = search(base)
    asked(base, WRAP[2])
    [after] = search(base, now=NOW + DAY)
    assert (after.pk, after.found_at, after.seen_at) == (before.pk, NOW, NOW + DAY)
    assert after.messages.count() == 3


def test_an_answer_is_found_at_once_and_closes_the_gap(base, owner):
    asked(base, WRAP[0])
    [gap] = search(base)
    gap_answer(
        gap, question=WRAP[0], text="Yes, for 2 euros.", actor=owner, now=NOW, encoder=ENCODER
    )
    first = passages_for(base, WRAP[1], now=NOW, encoder=ENCODER)[0]
    assert (first.body, first.is_answer) == ("Yes, for 2 euros.", True)
    gap.refresh_from_db()
    assert (gap.status, gap.decided_by) == ("answered", owner)
    assert not failed_answers(base, now=NOW).exists()
    assert AuditEntry.objects.filter(action="gap_answered", actor=owner).exists()


def test_what_is_asked_again_after_its_answer_is_open_again(base, owner):
    asked(base, WRAP[0])
    [gap] = search(base)
    gap_answer(gap, question=WRAP[0], text="Yes.", actor=owner, now=NOW, encoder=ENCODER)
    asked(base, WRAP[1], days=-1)
    search(base, now=NOW + 2 * DAY)
    gap.refresh_from_db()
    assert (gap.status, gap.messages.count()) == ("open", 1)


def test_what_is_not_for_us_stays_away(base, owner):
    asked(base, WRAP[0])
    [gap] = search(base)
    gap_dismiss(gap, actor=owner, now=NOW)
    asked(base, WRAP[1])
    search(base, now=NOW + DAY)
    assert gap_board(base, now=NOW + DAY).lines == ()
    assert Gap.objects.get().pk == gap.pk


def test_an_open_gap_nobody_meets_any_more_goes(base):
    asked(base, WRAP[0], days=80)
    search(base)
    assert search(base, now=NOW + 20 * DAY) == []


def test_an_empty_answer_is_refused_by_field(base, owner):
    gap = make.gap(base)
    with pytest.raises(InputRefused, match="answer: write 1 to") as refused:
        gap_answer(gap, question="q", text="  ", actor=owner, now=NOW, encoder=ENCODER)
    assert refused.value.field == "answer"
    assert base.documents.count() == 1


def test_one_search_at_a_time(base):
    gap_search_request(base, actor=None, now=NOW)
    with pytest.raises(DomainError, match="already"):
        gap_search_request(base, actor=None, now=NOW)


def test_a_search_of_a_killed_worker_is_done_again(base):
    gap_search_request(base, actor=None, now=NOW)
    base.gap_searches.update(status="running", claimed_at=NOW)
    assert gap_searches_run(now=NOW + timedelta(minutes=1)) == 0
    assert gap_searches_run(now=NOW + timedelta(minutes=11)) == 1


def test_the_clock_searches_only_where_more_failed(base):
    assert gap_searches_due(now=NOW) == 0
    asked(base, WRAP[0])
    assert gap_searches_due(now=NOW) == 1
    assert gap_searches_due(now=NOW) == 0
    gap_searches_run(now=NOW)
    assert gap_searches_due(now=NOW) == 0
