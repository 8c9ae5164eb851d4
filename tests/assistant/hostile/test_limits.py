"""What a visitor cannot overdo, and what no log ever holds."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from django.utils import timezone

from assistant.models import Message
from assistant.services import wording
from assistant.services.policies import policy_create, policy_go_live
from core.quick_redis import quick_redis
from inference.encoders import text_encoder
from tests.factories import assistant as make
from tests.inference.chat_servers import Reply, serving

pytestmark = pytest.mark.django_db

SECRET = "I am ann@shop.example, card 4111 1111 1111 1111."
QUESTION = f"{SECRET} Do you ship a parcel to Norway, to my aunt Ottilie?"


@pytest.fixture(autouse=True)
def fresh():
    wording._rests_until.clear()
    for key in quick_redis().scan_iter("limit:key:*"):
        quick_redis().delete(key)


@pytest.fixture
def base():
    base = make.knowledge_base(key="help", is_published=True)
    make.read(base, {"faq.csv": make.SHIPPING}, now=timezone.now(), encoder=text_encoder())
    return base


@pytest.fixture
def ask(client, base):
    def asked(text=QUESTION, **given):
        body = {"base": "help", "text": text, **given}
        return client.post("/v1/assistant/messages", body, content_type="application/json")

    return asked


@pytest.fixture
def logged():
    """Everything that is logged at any level, as it would be written, by either way of logging."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    level, processors = root.level, structlog.get_config()["processors"]
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with structlog.testing.capture_logs() as events:
        yield lambda: written.getvalue() + json.dumps(events, default=repr)
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.configure(processors=processors)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(choices=(json.dumps({"text": "Parcels to Norway take four days [1]."}),)),
        Reply(choices=("no JSON",)),
        lambda body: Reply(raw=json.dumps({"error": body}).encode(), status=422),
        lambda body: Reply(raw=json.dumps({"error": body}).encode(), status=401),
    ],
)
def test_no_log_holds_what_a_visitor_wrote_even_where_the_model_fails(
    ask, base, settings, logged, reply
):
    settings.ASSISTANT_REQUESTS_PER_MINUTE = None
    settings.ASSISTANT_WORDING_SECONDS = 300.0
    with serving(reply) as server:
        settings.ASSISTANT_GENERATORS = [f"openai:{server.url}"]
        policy = policy_create(base, "worded", actor=None, generator=f"openai:{server.url}")
        policy_go_live(policy, actor=None)
        assert ask().status_code == 200
    prompt = server.bodies[0]["messages"][0]["content"]
    kept = json.dumps(list(Message.objects.values("text", "looked_for", "wording")))
    assert "Ottilie" in prompt
    assert "POST /v1/assistant/messages" in logged()
    for text in (logged(), prompt, kept):
        assert "ann@" not in text
        assert "4111" not in text
    for words in ("Ottilie", "Norway", "parcel"):
        assert words not in logged()


def test_a_visitor_is_limited_and_so_is_a_conversation(ask, settings):
    settings.ASSISTANT_REQUESTS_PER_MINUTE = 3
    first = ask("Do you ship to Norway?").json()["conversation"]
    for _ in range(2):
        for key in quick_redis().scan_iter("limit:key:*"):
            # As if each question came from another address.
            quick_redis().delete(key)
        assert ask("Do you ship to Norway?", conversation=first).status_code == 200
    for key in quick_redis().scan_iter("limit:key:*"):
        quick_redis().delete(key)
    refused = ask("Do you ship to Norway?", conversation=first)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused["Retry-After"] == "60"
    settings.ASSISTANT_REQUESTS_PER_MINUTE = 2
    assert [ask("Do you ship?").status_code for _ in range(3)][-1] == 429


@pytest.mark.parametrize("text", ["x" * 1_001, "好" * 1_001, "é" * 20_000])
def test_a_message_has_a_largest_size(ask, settings, text):
    settings.ASSISTANT_REQUESTS_PER_MINUTE = None
    assert ask(text).status_code == 400
    assert not Message.objects.exists()
