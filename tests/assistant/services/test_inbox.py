"""Staff answer visitors: who takes a conversation has it, and every step asks whether it may."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from assistant import services
from assistant.models import Conversation, Message
from core.errors import DomainError, InputRefused
from core.models import AuditEntry
from core.webhooks.models import WebhookMessage
from core.webhooks.services import webhook_create
from inference.encoders import ScriptedEncoder
from tests.factories import assistant as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def waiting():
    conversation = services.conversation_start(make.knowledge_base(key="help"), now=NOW)
    services.conversation_hand_over(conversation, now=NOW)
    return conversation


def test_who_takes_it_has_it(waiting, owner, teammate):
    services.conversation_take(waiting, actor=owner)
    with pytest.raises(DomainError, match="olivia has it"):
        services.conversation_take(waiting, actor=teammate)
    with pytest.raises(DomainError, match="olivia has it"):
        services.conversation_reply(waiting, "Hello", actor=teammate, now=NOW)
    assert waiting.taken_by == owner
    assert AuditEntry.objects.filter(action="conversation_take").count() == 1


def test_what_is_released_may_be_taken_by_another(waiting, owner, teammate):
    services.conversation_take(waiting, actor=owner)
    services.conversation_release(waiting, actor=teammate)
    services.conversation_take(waiting, actor=teammate)
    assert waiting.taken_by == teammate


def test_a_reply_takes_what_nobody_has_and_stands_below_all_else(waiting, owner):
    late = Message.objects.create(
        conversation=waiting, role="visitor", text="And?", said_at=NOW + timedelta(seconds=9)
    )
    said = services.conversation_reply(waiting, " Hello\0 \r\nAnn ", actor=owner, now=NOW)
    waiting.refresh_from_db()
    assert (said.text, said.author, waiting.taken_by) == ("Hello\nAnn", owner, owner)
    assert said.said_at > late.said_at


@pytest.mark.parametrize("text", ["", " \n", "x" * 2_001])
def test_a_reply_that_says_nothing_or_too_much_is_refused(waiting, owner, text):
    with pytest.raises(InputRefused):
        services.conversation_reply(waiting, text, actor=owner, now=NOW)


@pytest.mark.parametrize(
    ("step", "status"),
    [(services.conversation_solve, "resolved"), (services.conversation_return, "open")],
)
def test_what_was_ended_is_no_longer_answered_by_staff(waiting, owner, step, status):
    step(waiting, actor=owner)
    assert waiting.status == status
    for refused in (services.conversation_take, services.conversation_release, step):
        with pytest.raises(DomainError, match="does not wait"):
            refused(waiting, actor=owner)


def test_a_visitor_who_asks_again_has_a_question_again(waiting, owner):
    encoder = ScriptedEncoder()
    make.read(waiting.base, {"returns.md": make.RETURNS}, now=NOW, encoder=encoder)
    services.conversation_solve(waiting, actor=owner)
    services.message_answer(waiting, "And returns?", now=NOW, encoder=encoder)
    waiting.refresh_from_db()
    assert waiting.status == "open"


def test_a_hand_over_is_told_once_with_what_was_said_masked(django_capture_on_commit_callbacks):
    webhook_create("crm", "https://93.184.216.34/copylift", actor=None)
    conversation = services.conversation_start(
        make.knowledge_base(key="help"), unit_id="customer-1", now=NOW
    )
    for number in range(10):
        Message.objects.create(
            conversation=conversation,
            role="visitor",
            text=f"{number} ann@shop.example {'word ' * 100}",
            said_at=NOW + timedelta(seconds=number),
        )
    for _ in range(2):
        services.conversation_hand_over(conversation, now=NOW + timedelta(minutes=1))
    told = WebhookMessage.objects.get()
    assert told.kind == "assistant.handed_over"
    assert '"contact":"customer-1"' in told.body
    assert f"/assistant/inbox/{conversation.pk}/" in told.body
    assert "ann@" not in told.body
    assert [f'"text":"{number} [email]' in told.body for number in (1, 2, 9)] == [False, True, True]
    assert len(told.body.encode()) < 8 * 400 + 1_000
    assert conversation.messages.filter(outcome="handed_over").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_it_at_once_one_has_it():
    from tests.factories import core

    people = [core.owner(), core.teammate(), core.stranger()]
    conversation = services.conversation_start(make.knowledge_base(key="help"), now=NOW)
    services.conversation_hand_over(conversation, now=NOW)
    start, taken = threading.Barrier(len(people)), []

    def take(person):
        try:
            start.wait(10)
            services.conversation_take(Conversation.objects.get(), actor=person)
            taken.append(person)
        except DomainError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert taken == [Conversation.objects.get().taken_by]
