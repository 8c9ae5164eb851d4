"""Answers worded by a language model, through the real door and a real server that speaks chat
completions: faithfully, unfaithfully, slowly, brokenly, or not at all.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from assistant.models import Message, WordingDay
from assistant.services import wording
from assistant.services.deadlines import Desk, NoPlace, TooLate
from assistant.services.policies import policy_create, policy_go_live
from assistant.services.wording_budget import wording_promise, wording_settle
from inference.encoders import text_encoder
from tests.factories import assistant as make
from tests.inference.chat_servers import Reply, serving

NORWAY = "How long does a parcel to Norway take?"
WORD_FOR_WORD = "Yes: parcels to Norway take four days."


@pytest.fixture(autouse=True)
def rested(settings):
    settings.ASSISTANT_REQUESTS_PER_MINUTE = None
    settings.ASSISTANT_WORDING_SECONDS = 20.0
    wording._rests_until.clear()


@pytest.fixture
def base(db):
    base = make.knowledge_base(key="help", is_published=True)
    files = {"returns.md": make.RETURNS, "faq.csv": make.SHIPPING}
    make.read(base, files, now=timezone.now(), encoder=text_encoder())
    staff = {"staff.md": make.STAFF}
    make.read(base, staff, now=timezone.now(), encoder=text_encoder(), audience="staff")
    return base


@pytest.fixture
def ask(client, base, settings):
    def asked(text=NORWAY, *, server="http://127.0.0.1:9", **fields):
        generator = f"openai:{server}"
        settings.ASSISTANT_GENERATORS = [generator]
        policy = policy_create(base, "worded", actor=None, generator=generator, **fields)
        policy_go_live(policy, actor=None)
        body = {"base": "help", "text": text}
        said = client.post("/v1/assistant/messages", body, content_type="application/json").json()
        return said, Message.objects.get(pk=said["message"])

    return asked


def saying(text, **given):
    return Reply(choices=(json.dumps({"text": text}),), **given)


def test_a_faithful_answer_is_shown_in_the_models_words_with_its_source(ask):
    with serving(saying("Parcels to Norway take four days [1].")) as server:
        said, kept = ask(server=server.url)
    assert said["sentences"] == [{"text": "Parcels to Norway take four days.", "sources": [1]}]
    assert said["sources"][0]["heading"] == "Do you ship to Norway?"
    assert kept.policy.name == "worded"
    assert (kept.wording["wording"], kept.wording["reason"]) == ("rephrased", "")
    assert (kept.wording["tokens"], kept.wording["cost"]) == (120, 0.0)
    assert kept.policy.answered_at is not None


def test_the_model_is_given_the_cited_passages_as_data_and_nobodys_numbers(ask):
    with serving(saying("Parcels to Norway take four days [1].")) as server:
        ask(f"I am ann@shop.example, +46 70 123 45 67. {NORWAY}", server=server.url, tone="formal")
    [body] = server.bodies
    [message] = body["messages"]
    rules, *parts = message["content"].split("<data>\n")
    passages, question = (json.loads(part.split("\n</data>")[0]) for part in parts)
    assert "Be formal and polite." in rules
    assert passages == [{"number": 1, "heading": "Do you ship to Norway?", "text": WORD_FOR_WORD}]
    assert question == NORWAY
    assert "Dana" not in message["content"]
    assert (body["max_tokens"], body["temperature"]) == (wording.NEW_TOKENS_MAX, 0.2)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (saying("Parcels to Norway take two days [1]."), "unfaithful"),
        (saying("Parcels to Norway take four days [1]. Oslo gets them free [1]."), "unfaithful"),
        (saying("Parcels to Norway take four days [2]."), "unfaithful"),
        (saying("Parcels to Norway take four days [0]."), "unfaithful"),
        (saying("Parcels to Norway take four days."), "unreadable"),
        (saying("Parcels to Norway take four days [1]. I am glad to help"), "unreadable"),
        (saying("Parcels to Norway take four days [1]. " * 9), "unreadable"),
        (saying(" "), "nothing_said"),
        (Reply(choices=("I would rather not.",)), "unreadable"),
        (Reply(choices=('{"text": 7}',)), "unreadable"),
        (Reply(raw=b'{"choices": []}'), "unreachable"),
        (Reply(raw=b"[]", status=401), "unreachable"),
        (Reply(raw=b"\xff\x00", status=418), "unreachable"),
    ],
)
def test_whatever_is_wrong_with_it_the_documents_own_words_are_shown(ask, reply, reason):
    with serving(reply) as server:
        said, kept = ask(server=server.url)
    assert said["sentences"] == [{"text": WORD_FOR_WORD, "sources": [1]}]
    assert (kept.wording["wording"], kept.wording["reason"]) == ("extractive", reason)


@pytest.mark.parametrize("reply", [Reply(status=500), Reply(raw=b"no json")])
def test_a_server_that_fails_time_after_time_is_not_waited_for_for_ever(ask, reply, settings):
    settings.ASSISTANT_WORDING_SECONDS = 1.0
    with serving(reply) as server:
        said, kept = ask(server=server.url)
    assert said["sentences"][0]["text"] == WORD_FOR_WORD
    assert kept.wording["reason"] in {"timed_out", "unreachable"}


def test_nobody_waits_for_a_server_that_does_not_answer(ask, settings):
    settings.ASSISTANT_WORDING_SECONDS = 0.3
    may_answer = threading.Event()

    def held(_body):
        may_answer.wait(30)
        return saying("Parcels to Norway take four days [1].")

    with serving(held) as server:
        said, kept = ask(server=server.url)
        was_answered = may_answer.is_set()
        may_answer.set()
    assert not was_answered
    assert said["sentences"][0]["text"] == WORD_FOR_WORD
    assert kept.wording["reason"] == "timed_out"
    # What it took is not known, so all that it could have taken counts as spent.
    assert WordingDay.objects.get().tokens > wording.NEW_TOKENS_MAX


def test_after_it_failed_a_generator_rests(ask, client):
    with serving(Reply(raw=b"[]", status=401)) as server:
        ask(server=server.url)
        _, kept = ask(server=server.url)
    assert len(server.bodies) == 1
    assert kept.wording["reason"] == "resting"


def test_a_generator_that_is_not_there_costs_an_answer_its_wording_only(ask, settings):
    settings.ASSISTANT_WORDING_SECONDS = 0.5
    said, kept = ask()
    assert said["sentences"][0]["text"] == WORD_FOR_WORD
    assert kept.wording["reason"] in {"timed_out", "unreachable"}


def test_without_evidence_no_model_is_asked(ask):
    with serving() as server:
        said, kept = ask("Who won the football world cup in 1998?", server=server.url)
    assert (said["outcome"], server.bodies) == ("no_evidence", [])
    assert kept.wording["reason"] == "no_evidence"


def test_a_day_that_is_spent_is_answered_word_for_word(ask, settings):
    settings.ASSISTANT_WORDING_TOKENS_PER_DAY = 500
    with serving(saying("Parcels to Norway take four days [1].")) as server:
        said, kept = ask(server=server.url)
    assert (server.bodies, kept.wording["reason"]) == ([], "over_cap")
    assert said["sentences"][0]["text"] == WORD_FOR_WORD


def test_money_is_counted_by_the_prices_of_the_settings(ask, settings):
    settings.GENERATOR_PRICE_IN, settings.GENERATOR_PRICE_OUT = 1000.0, 5000.0
    settings.ASSISTANT_WORDING_COST_PER_DAY = 10.0
    with serving(saying("Parcels to Norway take four days [1].")) as server:
        _, kept = ask(server=server.url)
    spent = WordingDay.objects.get()
    # 100 tokens read and 20 written, at 1,000 and 5,000 a million.
    assert (spent.tokens, spent.cost) == (120, Decimal("0.200000"))
    assert kept.wording["cost"] == pytest.approx(0.2)


@pytest.mark.django_db
def test_a_promise_that_does_not_fit_is_refused_and_what_was_not_used_comes_back(settings):
    settings.ASSISTANT_WORDING_TOKENS_PER_DAY = 100
    settings.ASSISTANT_WORDING_COST_PER_DAY = 1.0
    base, now = make.knowledge_base(), datetime(2026, 5, 1, 23, tzinfo=UTC)
    first = wording_promise(base, tokens=60, cost=Decimal("0.6"), now=now)
    assert wording_promise(base, tokens=60, cost=Decimal(0), now=now) is None
    assert wording_promise(base, tokens=1, cost=Decimal("0.5"), now=now) is None
    wording_settle(first, tokens=10, cost=Decimal("0.1"))
    assert wording_promise(base, tokens=90, cost=Decimal("0.9"), now=now)
    assert wording_promise(base, tokens=1, cost=Decimal(0), now=now) is None
    assert wording_promise(base, tokens=100, cost=Decimal(1), now=now.replace(day=2))
    assert wording_promise(make.knowledge_base(), tokens=100, cost=Decimal(1), now=now)
    assert WordingDay.objects.filter(day=date(2026, 5, 1), base=base).get().tokens == 100


@pytest.mark.django_db(transaction=True)
def test_of_many_answers_at_once_no_more_are_paid_for_than_the_day_has_room_for(settings):
    settings.ASSISTANT_WORDING_TOKENS_PER_DAY = 75
    base = make.knowledge_base()

    def promise(_):
        try:
            return wording_promise(base, tokens=10, cost=Decimal(0), now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = [one for one in pool.map(promise, range(24)) if one]
    assert len(made) == 7
    assert WordingDay.objects.get().tokens == 70


def test_work_that_was_given_up_on_is_told_so_and_holds_its_place_until_it_ends():
    desk, may_end, told = Desk(1), threading.Event(), threading.Event()

    def work(should_stop):
        may_end.wait(10)
        if should_stop():
            told.set()

    with pytest.raises(TooLate):
        desk.within(0.01, work)
    with pytest.raises(NoPlace):
        desk.within(1, lambda _: 1)
    may_end.set()
    assert told.wait(10)


def test_what_the_work_raised_is_raised_to_who_asked():
    def broken(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Desk(1).within(5, broken)
