"""Intents are learnt from examples; what is worse on kept examples does not go live by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.models import Intent, IntentFit, Message
from assistant.services import conversation_start, message_answer
from assistant.services.intents import (
    TooFewExamples,
    head_in_force,
    intent_fit_put_live,
    intents_fit,
    intents_fit_due,
    intents_suggest,
)
from assistant.understanding.examples import is_kept
from core.models import AuditEntry
from inference.encoders import ScriptedEncoder, text_encoder
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def base():
    base = make.knowledge_base(is_published=True)
    make.read(
        base,
        {"returns.md": make.RETURNS, "faq.csv": make.SHIPPING},
        now=NOW,
        encoder=text_encoder(),
    )
    return base


@pytest.fixture
def learnt(base):
    intents_suggest(base, actor=None)
    intents_fit(base, actor=None, now=NOW)
    return base


def said(base, *texts):
    conversation = conversation_start(base, now=NOW)
    answers = [message_answer(conversation, text, now=NOW) for text in texts]
    return answers[-1]


def intent(base, name, examples, **given):
    return Intent.objects.create(base=base, name=name, examples="\n".join(examples), **given)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("thank you so much", "Thanks"),
        ("hello there", "Greeting"),
        ("ok, bye then", "Goodbye"),
        ("am I speaking with a robot?", "Are you a robot"),
    ],
)
def test_small_talk_gets_the_reply_that_a_person_wrote(learnt, text, name):
    answer = said(learnt, text)
    assert (answer.intent, answer.outcome) == (name, Message.Outcome.ANSWERED)
    assert answer.text == learnt.intents.get(name=name).reply
    assert answer.sources == []


@pytest.mark.parametrize("text", ["I'd like to talk to a human being", "get me a real person"])
def test_who_wants_a_person_gets_one(learnt, text):
    assert said(learnt, text).outcome == Message.Outcome.HANDED_OVER
    assert learnt.conversations.get().status == "handed_over"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("How long does a parcel to Norway take?", "answered"),
        ("Are returns free?", "answered"),
        ("Who won the football world cup in 1998?", "no_evidence"),
        ("What is the boiling point of mercury?", "no_evidence"),
    ],
)
def test_what_is_no_intent_is_left_to_the_documents(learnt, text, outcome):
    answer = said(learnt, text)
    assert (answer.intent, answer.outcome) == ("", outcome)


def test_with_too_few_examples_there_is_no_head_and_documents_answer(base):
    intent(base, "Thanks", ["thanks", "thank you", "many thanks"], action="reply", reply="Hm.")
    with pytest.raises(TooFewExamples, match="two intents"):
        intents_fit(base, actor=None, now=NOW)
    assert intents_fit_due(now=NOW) == 0
    assert head_in_force(base, text_encoder()) is None
    assert said(base, "thanks").outcome == "no_evidence"
    assert said(base, "Are returns free?").outcome == "answered"


def test_three_examples_of_each_of_two_intents_are_enough(base):
    intent(base, "Thanks", ["thanks", "thank you", "many thanks"], action="reply", reply="Hm.")
    intent(base, "Hours", ["when are you open", "opening hours", "are you open today"])
    assert intents_fit(base, actor=None, now=NOW).is_live
    assert said(base, "thank you very much").text == "Hm."


def test_a_base_is_learnt_again_only_when_its_examples_change(base):
    intents_suggest(base, actor=None)
    assert [intents_fit_due(now=NOW) for _ in range(2)] == [1, 0]
    thanks = base.intents.get(name="Thanks")
    thanks.examples += "\nbless you"
    thanks.save()
    assert [intents_fit_due(now=NOW) for _ in range(2)] == [1, 0]
    assert list(base.intent_fits.values_list("example_count", "is_live")) == [
        (51, True),
        (50, False),
    ]


def test_who_asked_and_how_well_it_does_is_kept(base, owner):
    intents_suggest(base, actor=owner)
    fit = intents_fit(base, actor=owner, now=NOW)
    assert (fit.fitted_by, fit.fitted_at, fit.encoder) == (owner, NOW, text_encoder().name)
    assert (fit.intent_count, fit.example_count) == (5, 50)
    assert fit.accuracy > 0.8
    assert AuditEntry.objects.filter(action="intents_fit", actor=owner).exists()


def shuffled(base):
    """Examples under each other's names, but for the kept ones: what is learnt of them is wrong."""
    rows = list(base.intents.order_by("pk"))
    lines = [row.examples.splitlines() for row in rows]
    kept = [[line for line in own if is_kept(line)] for own in lines]
    rest = [[line for line in own if not is_kept(line)] for own in lines]
    for row, own, others in zip(rows, kept, [*rest[1:], rest[0]], strict=True):
        row.examples = "\n".join([*own, *others])
        row.save()


def test_a_worse_head_waits_for_a_person(base, owner):
    intents_suggest(base, actor=None)
    better = intents_fit(base, actor=None, now=NOW)
    assert better.kept_count >= 5
    shuffled(base)
    worse = intents_fit(base, actor=None, now=NOW)
    assert worse.kept_after < worse.kept_before
    assert (worse.is_live, base.intent_fits.get(is_live=True)) == (False, better)

    intent_fit_put_live(worse, actor=owner)
    assert base.intent_fits.get(is_live=True) == worse
    assert AuditEntry.objects.filter(action="intent_fit_put_live", actor=owner).exists()


def test_a_head_of_other_vectors_is_not_asked(learnt):
    assert head_in_force(learnt, text_encoder()) is not None
    assert head_in_force(learnt, ScriptedEncoder()) is None


def test_another_process_takes_over_the_head_that_went_live(learnt):
    before = head_in_force(learnt, text_encoder())
    intent(learnt, "Shop hours", ["when are you open", "opening hours", "are you open on sunday"])
    fit = intents_fit(learnt, actor=None, now=NOW)
    intent_fit_put_live(fit, actor=None)
    after = head_in_force(learnt, text_encoder())
    assert set(after.labels) - set(before.labels) == {str(learnt.intents.get(name="Shop hours").pk)}


def test_two_intents_about_as_likely_are_asked_about_once(base):
    order = ["where is my order", "track my order", "has my order been sent", "my order status"]
    cancel = ["cancel my order", "stop my order", "I do not want my order", "undo my order"]
    intent(base, "Where an order is", order, action="reply", reply="Follow the link we sent you.")
    intent(base, "Cancelling an order", cancel, action="reply", reply="Write within an hour.")
    intents_fit(base, actor=None, now=NOW)
    conversation = conversation_start(base, now=NOW)
    asked = message_answer(conversation, "my order has not been sent, undo", now=NOW)
    assert asked.outcome == Message.Outcome.CLARIFY
    assert sorted(one["label"] for one in asked.choices) == [
        "Cancelling an order",
        "Where an order is",
    ]
    chosen = message_answer(conversation, "the cancelling", now=NOW)
    assert chosen.text == "Write within an hour."


def test_suggested_intents_are_added_once(base):
    assert len(intents_suggest(base, actor=None)) == 5
    assert intents_suggest(base, actor=None) == []


def test_one_head_is_live(learnt):
    other = IntentFit.objects.get(base=learnt)
    other.pk = None
    with pytest.raises(Exception, match="intent_fit_live_once"):
        other.save(force_insert=True)
