"""Ranking is learned where it helps, kept out where it does not, and forgets who is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from assistant.models import Chunk, Click, RankerFit
from assistant.selectors import memory_unpacked, passages_for
from assistant.services.ranking import memories_forget, ranker_fit, rankers_fit_due
from core.errors import DomainError
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENCODER = make.CountingEncoder()
WORDS = ["size", "colour", "price", "parcel", "refund", "voucher", "invoice", "repair"]


@pytest.fixture
def base():
    """Two pages say much the same of each matter; the one named second is the one that helps."""
    base = make.knowledge_base()
    for name, words in (("a.md", "about {} here"), ("b.md", "about {} here indeed so")):
        page = "\n\n".join(f"# {word}\n\n{words.format(word)}" for word in WORDS)
        make.read(base, {name: page.encode()}, now=NOW, encoder=ENCODER)
    return base


def source(name, word):
    return Chunk.objects.get(document__source=name, body__startswith=f"about {word} ").pk


def judge(base, number, name, *, is_helpful):
    word = WORDS[number % len(WORDS)]
    message = make.asked(
        base,
        f"tell about {word}",
        at=NOW + timedelta(minutes=number),
        encoder=ENCODER,
        outcome="answered",
        sources=[{"number": 1, "chunk": source(name, word)}],
    )
    return make.judged(message, is_helpful=is_helpful)


def first(base, word):
    return passages_for(base, f"tell about {word}", now=NOW, encoder=ENCODER)[0].body


def test_what_helped_comes_to_stand_first(base):
    assert first(base, "refund") == "about refund here"
    for number in range(80):
        helpful = number % 2 == 0
        judge(base, number // 2, "b.md" if helpful else "a.md", is_helpful=helpful)
    fit = ranker_fit(base, now=NOW)
    assert fit.after > fit.before
    base.refresh_from_db()
    assert base.ranker == fit
    assert first(base, "refund") == "about refund here indeed so"


def test_what_was_opened_counts_as_what_helped(base):
    for number in range(80):
        message = judge(base, number // 2, "b.md" if number % 2 else "a.md", is_helpful=False)
        if number % 2:
            message.feedback.delete()
            Click.objects.create(message=message, number=1)
    assert ranker_fit(base, now=NOW).after > 0.9
    base.refresh_from_db()
    assert first(base, "refund") == "about refund here indeed so"


def test_what_is_no_better_does_not_go_live(base):
    for number in range(80):
        judge(base, number, "a.md", is_helpful=True)
    judge(base, -1, "b.md", is_helpful=False)
    fit = ranker_fit(base, now=NOW)
    assert fit.after <= fit.before == 1
    assert "not live" in fit.verdict
    base.refresh_from_db()
    assert base.ranker is None


def test_too_little_feedback_teaches_nothing(base):
    judge(base, 0, "a.md", is_helpful=True)
    with pytest.raises(DomainError, match="from 60 on"):
        ranker_fit(base, now=NOW)
    assert rankers_fit_due(now=NOW + timedelta(days=2)) == 0


def test_who_is_forgotten_is_forgotten_by_the_ranking_too(base):
    messages = [
        judge(base, number // 2, "b.md" if number % 2 else "a.md", is_helpful=bool(number % 2))
        for number in range(80)
    ]
    before = ranker_fit(base, now=NOW)
    own = np.frombuffer(messages[0].pk.bytes, dtype=np.uint8)
    memories_forget([messages[0].pk])
    [after] = RankerFit.objects.all()
    held = memory_unpacked(bytes(after.memory))
    assert len(held.chunks) == 79
    assert not (held.messages == own).all(axis=1).any()
    assert after.pk != before.pk
    base.refresh_from_db()
    assert base.ranker == after


def test_the_clock_fits_where_there_is_news(base):
    for number in range(80):
        judge(base, number // 2, "b.md" if number % 2 else "a.md", is_helpful=bool(number % 2))
    assert rankers_fit_due(now=NOW + timedelta(days=2)) == 1
    assert rankers_fit_due(now=NOW + timedelta(days=4)) == 0
