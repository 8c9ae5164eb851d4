"""Wording by models that nobody here scripted: one in this process, and `transformers serve`.

Their weights are random: what they write is no answer, so the documents' own words are shown.
"""

from __future__ import annotations

import importlib.util

import pytest
from django.utils import timezone

from assistant.models import Conversation, WordingDay
from assistant.services import message_answer, wording
from assistant.services.policies import policy_create, policy_go_live
from inference.encoders import text_encoder
from tests.factories import assistant as make
from tests.inference import tiny_models
from tests.inference.backends.test_transformers_serve import NEEDED, server  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(settings):
    settings.ASSISTANT_WORDING_SECONDS = 120.0
    wording._rests_until.clear()
    base = make.knowledge_base()
    make.read(base, {"faq.csv": make.SHIPPING}, now=timezone.now(), encoder=text_encoder())

    def asked(generator):
        settings.ASSISTANT_GENERATORS = [generator]
        policy_go_live(policy_create(base, "worded", actor=None, generator=generator), actor=None)
        talk = Conversation.objects.create(base=base)
        return message_answer(talk, "Do you ship to Norway?", now=timezone.now())

    return asked


def refused(message):
    assert message.text == "Yes: parcels to Norway take four days."
    assert (message.wording["wording"], message.wording["reason"]) == ("extractive", "unreadable")
    assert message.wording["tokens"] == WordingDay.objects.get().tokens > 100


def test_a_model_in_this_process(ask, tmp_path):
    refused(ask(f"transformers:{tiny_models.save(tmp_path)}"))


@pytest.mark.services
@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED),
    reason="needs copylift[serving]",
)
def test_a_server_nobody_here_wrote(ask, server):  # noqa: F811 (the fixture)
    url, model = server
    refused(ask(f"openai:{url}#{model}"))
