"""What is kept of a question holds no name, and still what was asked."""

from __future__ import annotations

import pytest
from django.utils import timezone

from assistant import services
from assistant.models import Message
from core.errors import InputRefused
from core.webhooks.models import WebhookMessage
from core.webhooks.services import webhook_create
from inference.encoders import text_encoder
from tests.factories import assistant as make
from tests.factories import audience as people
from tests.factories.catalog import product

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def base():
    base = make.knowledge_base(key="help")
    make.read(base, {"faq.csv": make.SHIPPING}, now=NOW, encoder=text_encoder())
    return base


def asked(base, text, **given):
    conversation = services.conversation_start(base, now=NOW, **given)
    answer = services.message_answer(conversation, text, now=NOW)
    return conversation.messages.get(role=Message.Role.VISITOR).text, answer


def test_who_says_their_name_is_answered_without_it(base):
    kept, answer = asked(base, "Hi, this is Anna Smith. Do you ship to Norway? Best regards, Anna")
    assert kept == "Hi, this is [name]. Do you ship to Norway? Best regards, [name]"
    assert answer.looked_for == "Do you ship to Norway?"
    assert answer.outcome == Message.Outcome.ANSWERED


def test_a_contacts_own_name_is_masked_wherever_it_stands_and_nobody_elses(base):
    people.contact(external_id="c-1", first_name="Zelda", last_name="Okonkwo")
    kept, _ = asked(base, "Is zelda Okonkwo on your list, and Kwame?", unit_id="c-1")
    assert kept == "Is [name] on your list, and Kwame?"
    kept, _ = asked(base, "Is Zelda Okonkwo on your list?")
    assert kept == "Is Zelda Okonkwo on your list?"


def test_a_product_or_a_brand_that_is_called_like_a_person_stays(base):
    people.contact(external_id="c-2", first_name="Alma", last_name="Berg")
    product(title="Alma linen dress", brand="Paul Smith")
    for text in ("It's Alma, the dress.", "I asked Paul Smith.", "How much is the Alma dress?"):
        assert asked(base, text, unit_id="c-2")[0] == text
    assert asked(base, "I am Alma Berg, hello")[0] == "I am [name], hello"


def test_notes_and_what_leaves_the_house_hold_no_name_either(base):
    webhook_create("crm", "https://93.184.216.34/copylift", actor=None)
    conversation = services.conversation_start(base, now=NOW)
    answer = services.message_answer(conversation, "Do you ship to Norway?", now=NOW)
    kept = services.feedback_give(answer, is_helpful=False, note="Ask Mr Miller", now=NOW)
    assert kept.note == "Ask Mr [name]"
    services.message_answer(conversation, "My name is Tom Baker", now=NOW)
    services.conversation_hand_over(conversation, now=NOW)
    told = WebhookMessage.objects.get(kind="assistant.handed_over")
    assert "Baker" not in str(told.body)
    assert "[name]" in str(told.body)


def test_a_text_far_too_long_is_refused_before_it_is_read(base):
    with pytest.raises(InputRefused, match="1 to 1000"):
        asked(base, "I am Aa Bb " * 2_000)
