"""The chat's doors: asked, answered with sources, judged, handed over; and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from django.utils import timezone

from assistant.models import Conversation, Feedback, Message
from assistant.services import conversations_expire
from core.quick_redis import quick_redis
from inference.encoders import text_encoder
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db

PAGE = "https://shop.example"


@pytest.fixture
def base(db):
    base = make.knowledge_base(key="help", is_published=True, allowed_origins=[PAGE])
    make.read(
        base,
        {"returns.md": make.RETURNS, "faq.csv": make.SHIPPING},
        now=timezone.now(),
        encoder=text_encoder(),
        url="https://shop.example/help",
    )
    return base


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch, settings):
    settings.ASSISTANT_REQUESTS_PER_MINUTE = None


@pytest.fixture
def ask(client):
    def asked(text, door="messages", headers=None, **given):
        body = {"base": "help", "text": text, **given}
        return client.post(
            f"/v1/assistant/{door}", body, content_type="application/json", headers=headers or {}
        )

    return asked


def test_a_question_is_answered_word_for_word_with_its_source(base, ask):
    answer = ask("How long does a parcel to Norway take?").json()
    assert answer["outcome"] == "answered"
    assert answer["sentences"] == [
        {"text": "Yes: parcels to Norway take four days.", "sources": [1]}
    ]
    [source] = answer["sources"]
    assert source["heading"] == "Do you ship to Norway?"
    assert source["url"] == "https://shop.example/help"


def test_a_base_without_a_document_has_no_answer(ask):
    make.knowledge_base(key="help", is_published=True)
    said = ask("How long does a parcel to Norway take?")
    assert (said.status_code, said.json()["outcome"]) == (200, "no_evidence")


def test_every_sentence_stands_in_the_chunk_it_cites(base, ask):
    from assistant.models import Chunk

    for question in ("Can I return a dress?", "Are returns free?", "Do you ship to Norway?"):
        answer = ask(question).json()
        chunks = {one["number"]: one["chunk"] for one in answer["sources"]}
        assert answer["sentences"]
        for sentence in answer["sentences"]:
            for number in sentence["sources"]:
                assert sentence["text"] in Chunk.objects.get(pk=chunks[number]).body


def test_what_nobody_wrote_down_is_not_answered(base, ask):
    answer = ask("Who won the football world cup in 1998?").json()
    assert (answer["outcome"], answer["sentences"], answer["sources"]) == ("no_evidence", [], [])
    assert "a person" in answer["text"]


def test_a_question_may_lean_on_the_one_before(base, ask):
    first = ask("Can I return a dress?").json()
    second = ask("And what does it cost?", conversation=first["conversation"]).json()
    assert second["conversation"] == first["conversation"]
    assert "Returns are free." in second["text"]
    kept = Message.objects.get(pk=second["message"])
    assert kept.looked_for == "Can I return a dress? And what does it cost?"


def test_a_stream_says_the_same_sentence_by_sentence(base, ask):
    answer = ask("Are returns free?", headers={"Accept": "text/event-stream"})
    events = [
        (name[7:], orjson.loads(content[6:]))
        for name, content in (
            one.split("\n")
            for one in b"".join(answer.streaming_content).decode().split("\n\n")
            if one
        )
    ]
    assert [name for name, _ in events][0 :: len(events) - 1] == ["start", "done"]
    assert "Returns are free." in {one["text"] for name, one in events if name == "sentence"}
    assert answer["Cache-Control"] == "no-store"


def test_personal_numbers_are_masked_before_anything_is_kept(base, ask):
    ask("I am ann@shop.example, card 4111 1111 1111 1111: are returns free?")
    said = str(list(Message.objects.values("text", "looked_for")))
    assert "ann@" not in said
    assert "4111" not in said
    assert "[email]" in said


def test_an_answer_costs_few_statements(base, ask, django_assert_max_num_queries):
    def talk(first_at_most, then_at_most):
        with django_assert_max_num_queries(first_at_most):
            first = ask("How long does a parcel to Norway take?").json()
        with django_assert_max_num_queries(then_at_most):
            ask("And how can I return it?", conversation=first["conversation"])

    # A connection plans each statement once.
    talk(99, 99)
    # Each is a round trip, and a further one in every answer; savepoints and events are counted.
    talk(14, 15)


def test_a_conversation_goes_on_in_order_and_opens_again(base, ask):
    first = ask("How long does a parcel to Norway take?").json()
    begun = Conversation.objects.get()
    ask("", door="resolved", conversation=first["conversation"], solved=True)

    ask("And how can I return it?", conversation=first["conversation"])

    said = [message.role for message in begun.messages.order_by("said_at")]
    assert said == ["visitor", "assistant", "visitor", "assistant"]
    went_on = Conversation.objects.get()
    assert went_on.status == Conversation.Status.OPEN
    assert went_on.last_at > begun.last_at


def test_an_answer_is_judged_and_the_last_word_counts(base, ask):
    answer = ask("Are returns free?").json()
    given = {"conversation": answer["conversation"], "message": answer["message"]}
    assert ask("", "feedback", helpful=True, **given).status_code == 200
    assert ask("", "feedback", helpful=False, reason="outdated", note="x@y.example", **given).json()
    kept = Feedback.objects.get()
    assert (kept.is_helpful, kept.reason, kept.note) == (False, "outdated", "[email]")


def test_nobody_judges_another_conversations_answer(base, ask):
    mine, yours = ask("Are returns free?").json(), ask("Are returns free?").json()
    answer = ask(
        "", "feedback", helpful=True, conversation=mine["conversation"], message=yours["message"]
    )
    assert (answer.status_code, answer.json()["field"]) == (400, "message")


def test_after_hand_over_the_assistant_is_silent(base, ask):
    first = ask("Are returns free?").json()
    assert (
        ask("", "hand-over", conversation=first["conversation"]).json()["outcome"] == "handed_over"
    )
    again = ask("Are returns free?", conversation=first["conversation"]).json()
    assert (again["outcome"], again["sentences"]) == ("handed_over", [])
    assert Conversation.objects.get().status == "handed_over"


def test_only_the_named_pages_may_read_answers(base, ask, client):
    assert ask("Hi?", headers={"Origin": PAGE})["Access-Control-Allow-Origin"] == PAGE
    assert "Access-Control-Allow-Origin" not in ask("Hi?", headers={"Origin": "https://x.example"})
    before = client.options("/v1/assistant/messages", headers={"Origin": PAGE})
    assert (before.status_code, before["Access-Control-Allow-Methods"]) == (204, "POST")


def test_a_base_that_is_not_published_is_asked_by_nobody(ask):
    make.knowledge_base(key="help")
    assert ask("Hi?").json()["field"] == "base"


def test_who_asks_too_often_is_told_when_to_come_back(base, ask, settings):
    settings.ASSISTANT_REQUESTS_PER_MINUTE = 2
    for key in quick_redis().scan_iter("limit:key:*"):
        quick_redis().delete(key)
    answers = [ask("Are returns free?") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 1_001}, "text"),
        ({"text": 7}, "text"),
        ({"text": "\0"}, "text"),
        ({"base": "nowhere"}, "base"),
        ({"base": None}, "base"),
        ({"conversation": "7"}, "conversation"),
        ({"conversation": str(uuid4())}, "conversation"),
    ],
)
def test_a_question_that_cannot_be_read_names_the_field_and_keeps_nothing(base, ask, given, field):
    answer = ask(given.pop("text", "Are returns free?"), **given)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b" " * 20_000])
def test_a_body_that_is_no_question_is_refused(client, base, body):
    answer = client.post("/v1/assistant/messages", body, content_type="application/json")
    assert answer.status_code == 400


def test_conversations_are_forgotten_after_half_a_year(base, ask):
    ask("Are returns free?")
    assert conversations_expire(now=timezone.now() + timedelta(days=100)) == 0
    assert conversations_expire(now=timezone.now() + timedelta(days=181)) > 0
    assert not Conversation.objects.exists()
