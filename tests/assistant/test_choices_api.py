"""Choices at the chat's door: whole, streamed, and taken."""

from __future__ import annotations

import orjson
import pytest
from django.utils import timezone

from inference.encoders import text_encoder
from tests.factories import assistant as make
from tests.factories import catalog as shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(settings):
    settings.ASSISTANT_REQUESTS_PER_MINUTE = None
    shop.product(external_id="A", title="Alma linen dress")
    shop.product(external_id="B", title="Bella linen dress", price=89)
    base = make.knowledge_base(key="help", is_published=True)
    make.read(base, {"faq.csv": make.SHIPPING}, now=timezone.now(), encoder=text_encoder())
    return base


def ask(client, text, headers=None, **given):
    body = {"base": "help", "text": text, **given}
    return client.post(
        "/v1/assistant/messages", body, content_type="application/json", headers=headers or {}
    )


def test_choices_are_numbered_and_one_is_taken_by_its_number(base, client):
    asked = ask(client, "How much is the linen dress?").json()
    assert asked["outcome"] == "clarify"
    assert asked["choices"] == [
        {"number": 1, "label": "Alma linen dress"},
        {"number": 2, "label": "Bella linen dress"},
    ]
    taken = ask(client, "2", conversation=asked["conversation"]).json()
    assert (taken["outcome"], taken["choices"]) == ("answered", [])
    assert taken["text"] == "Bella linen dress costs 89.00 EUR."
    assert [source["kind"] for source in taken["sources"]] == ["catalog"]


def test_a_stream_ends_with_the_choices(base, client):
    answer = ask(client, "How much is the linen dress?", headers={"Accept": "text/event-stream"})
    events = b"".join(answer.streaming_content).decode().strip().split("\n\n")
    name, content = events[-1].split("\ndata: ")
    assert name == "event: done"
    assert [one["number"] for one in orjson.loads(content)["choices"]] == [1, 2]


def test_an_answer_of_documents_says_that_it_is_one(base, client):
    answer = ask(client, "Do you ship to Norway?").json()
    assert (answer["choices"], answer["sources"][0]["kind"]) == ([], "document")
