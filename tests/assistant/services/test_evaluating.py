"""A base is judged by its questions whenever what it would answer may have changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assistant.models import EvalQuestion
from assistant.services.evaluating import AS_ANSWERED, base_evaluate, evaluations_due
from core.errors import DomainError
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENCODER = make.CountingEncoder()


def read(base, files):
    return make.read(base, files, now=NOW, encoder=ENCODER)


@pytest.fixture
def base():
    base = make.knowledge_base()
    read(base, {"returns.md": make.RETURNS, "faq.csv": make.SHIPPING})
    for question, source in (("return a dress", "returns.md"), ("ship to norway", "faq.csv")):
        write(base, question, source)
    return base


def write(base, question, source=None, heading=""):
    document = base.documents.get(source=source) if source else None
    return EvalQuestion.objects.create(
        base=base, question=question, document=document, heading=heading
    )


def judge(base):
    return base_evaluate(base, now=NOW, encoder=ENCODER)


def due(base, *, hours=1):
    base.refresh_from_db()
    return evaluations_due(now=NOW + timedelta(hours=hours), encoder=ENCODER)


def test_figures_are_of_every_way_and_of_what_is_answered(base):
    run = judge(base)
    assert {*run.figures} >= {"words", "meaning", "both", AS_ANSWERED}
    assert run.figures[AS_ANSWERED]["mean_average_precision"] == 1
    assert (run.question_count, run.refused) == (2, None)


def test_with_a_heading_only_what_stands_under_it_will_do(base):
    EvalQuestion.objects.all().delete()
    # Of the same document, the part on returning stands before the part on cost.
    write(base, "return a dress within 30 days", "returns.md", "Returns › Cost")
    found = judge(base).figures[AS_ANSWERED]["mean_average_precision"]
    assert 0 < found < 1


def test_what_should_get_no_answer_is_counted(base):
    write(base, "who won the cup")
    write(base, "return a dress within 30 days please")
    assert judge(base).refused == 0.5


def test_only_what_changed_is_judged_again(base):
    assert due(base) == 1
    assert due(base) == 0
    read(base, {"more.md": b"# More\n\nSomething else.\n"})
    assert due(base, hours=2) == 1
    base.refusal_threshold = 0.5
    base.save()
    assert due(base, hours=3) == 1
    write(base, "norway parcels", "faq.csv")
    assert due(base, hours=4) == 1
    assert due(base, hours=5) == 0


def test_a_base_that_is_being_read_waits(base):
    base.documents.update(status="waiting")
    assert due(base) == 0


def test_without_questions_there_is_nothing_to_judge_by():
    with pytest.raises(DomainError, match="no questions"):
        judge(make.knowledge_base())
    assert evaluations_due(now=NOW, encoder=ENCODER) == 0
