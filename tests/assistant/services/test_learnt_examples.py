"""What visitors and staff say that words meant is learnt; nothing that is worse goes live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assistant.erasure import AssistantHolder
from assistant.models import Intent, LearntExample, Message
from assistant.services import (
    conversation_resolve,
    conversation_start,
    conversations_expire,
    feedback_give,
    intents,
    message_answer,
)
from assistant.services.intents import head_in_force, intents_fit, intents_fit_due, intents_suggest
from assistant.services.learnt_examples import (
    LEARNT_MAX,
    learnt_decide,
    meaning_note,
    meaning_say,
)
from assistant.services.understanding import likely_labels
from assistant.understanding.examples import is_kept
from core.errors import InputRefused
from inference.encoders import ScriptedEncoder, text_encoder
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
RETURN = (
    "I want to return a dress", "how do I send something back", "return my parcel",
    "I would like to send my dress back", "send it back and get my money", "start a return",
)  # fmt: skip
EXCHANGE = (
    "I want to exchange a dress", "can I swap it for another size", "exchange my dress",
    "swap my dress for another", "I need another size", "start an exchange",
)  # fmt: skip
# What some visitors say of an exchange; other visitors say it in other words.
UNCLEAR = ("send it back and get another size", "return a dress for a larger one")
PARAPHRASES = (
    "I would like to send the trousers back for a bigger size",
    "can I send these shoes back and get a larger pair",
    "send back my coat for one in medium",
    "may I return the skirt for a smaller size",
    "return my jeans and get a longer pair",
)


@pytest.fixture
def base():
    base = make.knowledge_base(is_published=True)
    for name, examples in (("Return", RETURN), ("Exchange", EXCHANGE)):
        Intent.objects.create(
            base=base, name=name, examples="\n".join(examples), action="reply", reply=f"{name}s."
        )
    return base


def named(base, texts):
    encoder = text_encoder()
    head = head_in_force(base, encoder)
    name_of = {str(one.pk): one.name for one in base.intents.all()}
    vectors = encoder.encode(list(texts))
    meant = [likely_labels(head, text, vector) for text, vector in zip(texts, vectors, strict=True)]
    return [[name_of[label] for label in labels] for labels in meant]


def chooses(base, text, choice, **talk):
    """A visitor asks what may mean two things, is asked which, and says so."""
    conversation = conversation_start(base, now=NOW, **talk)
    assert message_answer(conversation, text, now=NOW).outcome == Message.Outcome.CLARIFY
    return message_answer(conversation, choice, now=NOW + timedelta(seconds=9))


def test_what_visitors_chose_makes_the_head_name_paraphrases_it_missed(base):
    first = intents_fit(base, actor=None, now=NOW)
    assert first.learnt_count == 0
    assert all(labels != ["Exchange"] for labels in named(base, PARAPHRASES))
    for number, text in enumerate(UNCLEAR):
        assert chooses(base, text, "exchange", unit_id=f"visitor-{number}").text == "Exchanges."
    assert intents_fit_due(now=NOW) == 1
    fit = base.intent_fits.get(is_live=True)
    assert (fit.learnt_count, fit.example_count) == (2, 14)
    assert named(base, PARAPHRASES) == [["Exchange"]] * len(PARAPHRASES)
    assert named(base, RETURN[:2]) == [["Return"]] * 2


def test_poisoned_feedback_does_not_go_live(base):
    intents_suggest(base, actor=None)
    better = intents_fit(base, actor=None, now=NOW)
    rows = list(base.intents.order_by("pk"))
    before = named(base, EXCHANGE)
    for row, wrong in zip(rows, [*rows[1:], rows[0]], strict=True):
        kept = [line for line in row.examples.splitlines() if is_kept(line)]
        lies = [f"{line} {word}" for line in kept for word in ("then", "now", "here", "please")]
        for number, text in enumerate(lies):
            make.heard(base, text, wrong, at=NOW, visitor=f"{row.pk} {number}")
    assert intents_fit_due(now=NOW) == 1
    worse = base.intent_fits.first()
    assert worse.learnt_count >= 10
    assert worse.kept_count == better.kept_count
    assert worse.kept_after < worse.kept_before
    assert (worse.is_live, base.intent_fits.get(is_live=True)) == (False, better)
    assert named(base, EXCHANGE) == before


def test_who_is_erased_is_out_of_every_head_at_once_and_it_is_fitted_anew(base):
    intents_fit(base, actor=None, now=NOW)
    for number, text in enumerate(UNCLEAR):
        chooses(base, text, "exchange", unit_id=f"visitor-{number}")
    intents_fit_due(now=NOW)
    live = base.intent_fits.get(is_live=True)
    rows = len(head_in_force(base, text_encoder()).examples.vectors)
    assert intents_fit_due(now=NOW) == 0

    AssistantHolder().erase(["visitor-0"])
    assert [one.text for one in LearntExample.objects.all()] == [UNCLEAR[1]]
    live.refresh_from_db()
    assert (live.is_live, bytes(live.digest)) == (True, b"")
    assert len(head_in_force(base, text_encoder()).examples.vectors) == rows - 1
    assert intents_fit_due(now=NOW) == 1
    assert base.intent_fits.first().learnt_count == 1


def test_who_is_erased_while_it_is_learnt_is_not_kept(base, monkeypatch):
    make.heard(base, UNCLEAR[0], base.intents.get(name="Exchange"), at=NOW, visitor="visitor-0")
    judge = intents.cross_validated

    def erased_meanwhile(learnt):
        AssistantHolder().erase(["visitor-0"])
        return judge(learnt)

    monkeypatch.setattr(intents, "cross_validated", erased_meanwhile)
    fit = intents_fit(base, actor=None, now=NOW)
    assert bytes(fit.digest) == b""
    assert len(head_in_force(base, text_encoder()).examples.vectors) == len(RETURN + EXCHANGE)


# From here on nothing is fitted: what is kept of a conversation, without an encoder.


def answered(base, question, *, intent="Exchange", looked_for=None, unit_id="ann", **given):
    answer = make.asked(
        base, question, at=NOW, encoder=ScriptedEncoder(), outcome="answered", unit_id=unit_id
    )
    answer.intent, answer.looked_for = intent, looked_for or answer.looked_for
    for name, value in given.items():
        setattr(answer, name, value)
    answer.save()
    return answer


def judges(answer, **given):
    feedback_give(answer, now=NOW, **given)


def learnt(base):
    return [(one.text, one.intent.name, one.how) for one in base.learnt_examples.all()]


def test_the_last_word_on_an_answer_counts(base):
    answer = answered(base, "a bigger one")
    judges(answer, is_helpful=True)
    assert learnt(base) == [("a bigger one", "Exchange", "helped")]
    judges(answer, is_helpful=False, reason="misread")
    assert learnt(base) == [("a bigger one", "Exchange", "not_it")]
    judges(answer, is_helpful=False, reason="wrong")
    assert learnt(base) == []


def test_solved_confirms_the_last_answer_and_unsolved_takes_it_back(base):
    conversation = answered(base, "a bigger one").conversation
    conversation_resolve(conversation, is_solved=True, now=NOW)
    assert learnt(base) == [("a bigger one", "Exchange", "helped")]
    conversation_resolve(conversation, is_solved=False, now=NOW)
    assert learnt(base) == []


def test_what_was_chosen_and_then_not_asked_for_is_not_learnt(base):
    intents_fit(base, actor=None, now=NOW)
    answer = chooses(base, UNCLEAR[0], "exchange")
    assert learnt(base) == [(UNCLEAR[0], "Exchange", "chosen")]
    judges(answer, is_helpful=False, reason="misread")
    assert learnt(base) == []


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("a bigger one", {"intent": ""}),
        ("and in blue?", {"looked_for": "Can I swap my dress and in blue?"}),
        ("my address is [email]", {}),
        (" ".join(["word"] * 41), {}),
    ],
)
def test_what_teaches_nothing_is_not_learnt(base, question, given):
    judges(answered(base, question, **given), is_helpful=True)
    assert learnt(base) == []


def test_where_documents_answer_an_intent_is_neither_right_nor_wrong(base):
    base.intents.filter(name="Exchange").update(action="documents")
    judges(answered(base, "a bigger one"), is_helpful=True)
    judges(answered(base, "a blue one"), is_helpful=False, reason="misread")
    assert learnt(base) == []


def test_order_numbers_are_cut_out(base):
    judges(answered(base, "Can order #10023 come in blue"), is_helpful=True)
    assert learnt(base) == [("Can order # come in blue", "Exchange", "helped")]


def test_staff_say_what_was_meant_and_visitors_do_not_change_it(base, owner):
    answer = answered(base, "a bigger one", intent="Return")
    [question] = answer.conversation.messages.filter(role="visitor")
    meaning_say(question, base.intents.get(name="Exchange"), actor=owner, now=NOW)
    judges(answer, is_helpful=True)
    assert learnt(base) == [("a bigger one", "Exchange", "staff")]
    meaning_say(question, None, actor=owner, now=NOW)
    assert base.learnt_examples.get().intent is None


def test_staff_are_told_what_means_nothing(base, owner):
    answer = answered(base, "my address is [email]")
    [question] = answer.conversation.messages.filter(role="visitor")
    exchange = base.intents.get(name="Exchange")
    for said, intent, field in (
        (answer, exchange, "message"),
        (question, exchange, "message"),
        (question, Intent.objects.create(base=make.knowledge_base(), name="x"), "intent"),
    ):
        with pytest.raises(InputRefused) as refused:
            meaning_say(said, intent, actor=owner, now=NOW)
        assert refused.value.field == field


def test_what_a_person_removed_is_not_learnt_again(base, owner):
    answer = answered(base, "a bigger one")
    judges(answer, is_helpful=True)
    learnt_decide(base.learnt_examples.get(), "removed", actor=owner)
    judges(answer, is_helpful=False)
    judges(answer, is_helpful=True)
    assert base.learnt_examples.get().state == "removed"


def test_an_adopted_example_is_written_and_outlives_the_conversation_but_not_an_erasure(
    base, owner
):
    exchange = base.intents.get(name="Exchange")
    for visitor in ("ann", "bob"):
        one = make.heard(base, f"a bigger one for {visitor}", exchange, at=NOW, visitor=visitor)
        learnt_decide(one, "adopted", actor=owner)
    AssistantHolder().erase(["ann"])
    conversations_expire(now=NOW + timedelta(days=999))
    exchange.refresh_from_db()
    assert exchange.examples.splitlines() == [*EXCHANGE, "a bigger one for bob"]
    assert not base.learnt_examples.exists()


def test_what_is_not_meant_cannot_be_adopted(base, owner):
    one = make.heard(base, "hm", base.intents.get(name="Return"), at=NOW, how="not_it")
    with pytest.raises(InputRefused, match="only what an intent means"):
        learnt_decide(one, "adopted", actor=owner)


def test_of_an_intent_only_the_newest_are_kept(base):
    exchange = base.intents.get(name="Exchange")
    for number in range(LEARNT_MAX + 2):
        make.heard(base, f"text {number}", exchange, at=NOW - timedelta(days=1 + number))
    meaning_note(answered(base, "nothing said of it yet"))
    judges(answered(base, "the newest"), is_helpful=True)
    kept = list(base.learnt_examples.values_list("text", flat=True))
    assert (len(kept), kept[0], kept[-1]) == (LEARNT_MAX, "the newest", f"text {LEARNT_MAX - 2}")
