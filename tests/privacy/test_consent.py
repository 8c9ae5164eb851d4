"""Consent: the newest word counts, a no always holds, and nothing is noted twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from core.errors import InputRefused
from privacy.models import Consent, ConsentEntry, Suppression
from privacy.selectors import agreeing, may_use, subjects_agreeing
from privacy.services import Statement, consent_record, consents_record

pytestmark = pytest.mark.django_db

ANN, BEN, CLEO = (UUID(int=number) for number in (1, 2, 3))
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def say(subject, is_given, *, at=NOON, source="form v1", purpose="profiling"):
    consent_record(subject, purpose=purpose, is_given=is_given, occurred_at=at, source=source)


@pytest.mark.parametrize(("required", "silence"), [([], True), (["profiling"], False)])
def test_silence_is_what_the_setting_says_and_a_word_is_a_word(settings, required, silence):
    settings.CONSENT_REQUIRED = required
    say(ANN, True)
    say(BEN, False)
    assert [may_use(one, purpose="profiling") for one in (ANN, BEN, CLEO)] == [True, False, silence]
    everybody = {ANN, BEN, CLEO}
    asked = subjects_agreeing(everybody, purpose="profiling")
    assert asked == {ANN} | ({CLEO} if silence else set())
    for subject in everybody:
        Suppression.objects.create(subject_id=subject, reason="manual")
    rows = Suppression.objects.filter(agreeing("profiling"))
    assert set(rows.values_list("subject_id", flat=True)) == asked


def test_a_purpose_does_not_speak_for_another(settings):
    settings.CONSENT_REQUIRED = ["profiling", "email"]
    say(ANN, True, purpose="email")
    assert (may_use(ANN, purpose="email"), may_use(ANN, purpose="profiling")) == (True, False)


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("together", [True, False])
def test_the_newest_word_counts_in_whatever_order_it_is_heard(order, together):
    words = [
        Statement(ANN, "profiling", is_given, NOON + timedelta(days=day), "form v1")
        for day, is_given in enumerate((True, False, True))
    ]
    heard = [words[place] for place in order]
    for batch in [heard] if together else [[one] for one in heard]:
        consents_record(batch)
    kept = Consent.objects.get()
    assert (kept.is_given, kept.since) == (True, NOON + timedelta(days=2))
    assert ConsentEntry.objects.count() == 3


@pytest.mark.parametrize("first", [True, False])
def test_of_two_words_of_one_moment_the_no_counts(first):
    say(ANN, first, source="form v1")
    say(ANN, not first, source="form v2")
    assert not may_use(ANN, purpose="profiling")


def test_the_same_word_twice_is_one_line():
    say(ANN, True)
    say(ANN, True)
    assert ConsentEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"), [({"purpose": "spying"}, "purpose"), ({"source": ""}, "source")]
)
def test_a_wrong_statement_keeps_the_whole_batch_out(wrong, field):
    right = Statement(uuid4(), "profiling", True, NOON, "form v1")
    with pytest.raises(InputRefused) as refused:
        consents_record([right, right._replace(**wrong)])
    assert refused.value.field == field
    assert not ConsentEntry.objects.exists()
