"""The OpenAPI document against the doors: what it allows is asked, and much that it does not."""

import json
import re
from functools import cache
from threading import Semaphore
from urllib.parse import urlencode

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assistant.models import Conversation, Message
from campaigns import live_plans
from campaigns.api import growthbook
from campaigns.personalise import breaker
from core import key_checks
from core.api_keys import api_key_create
from privacy.services import requests_work
from tests.factories import campaigns as make
from tests.factories.assistant import knowledge_base
from web.openapi import openapi_document
from web.openapi.assistant import CONVERSATION, MESSAGE
from web.openapi.privacy import REQUEST_ID

application = get_wsgi_application()
EXAMPLES = 12
GOOD = (200, 201)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def document():
    return openapi_document("http://testserver")


@cache
def schema():
    """Read once: schemathesis looks through the source of every door for values to ask with."""
    read = schemathesis.openapi.from_dict(document())
    read.app = application
    return read


def operations():
    return [
        (path, method, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_door_for_programs_is_in_the_document():
    doors = re.compile(r"^(v1/(?!openapi)|ofrep/|api/|sub/)")
    routes = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", f"{prefix}{route}")
        for prefix, route in all_routes(get_resolver())
    }
    assert {f"/{route}" for route in routes if doors.match(route)} == set(document()["paths"])


def all_routes(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from all_routes(pattern, prefix + str(pattern.pattern))
        else:
            yield prefix, str(pattern.pattern)


def test_every_operation_has_a_name_of_its_own_and_examples():
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    for path, method, operation in operations():
        said = next(
            operation["responses"][str(code)]
            for code in GOOD
            if str(code) in operation["responses"]
        )
        assert method == "get" or "content" in said, path
        assert all("example" in one for one in said.get("content", {}).values()), (path, method)
        if method == "post":
            asked = operation["requestBody"]["content"].values()
            assert all("example" in media for media in asked), path


def test_it_is_served_to_everybody():
    answer = Client().get("/v1/openapi.json")
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")


def test_it_names_every_webhook():
    kinds = set(document()["webhooks"])
    assert {"campaign.launched", "variant.approved", "experiment.verdict_reached"} <= kinds


@pytest.fixture
def keeps_connection():
    """As Django's own test client does: the end of a request ends no test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
    breaker.reset()
    live_plans.forget_all()
    key_checks.forget_keys()


@pytest.fixture
def key(owner, keeps_connection, settings):
    """A key for every door, and something to say at each: the things of the document's examples."""
    settings.ASSISTANT_REQUESTS_PER_MINUTE = None
    campaign = make.live_campaign(owner, segments=[], key="autumn-favourites")
    assert campaign
    make.contact("hp-00042")
    base = knowledge_base(key="help", is_published=True)
    Conversation.objects.create(pk=CONVERSATION, base=base)
    Message.objects.create(
        pk=MESSAGE,
        conversation_id=CONVERSATION,
        role="assistant",
        text="Yes.",
        sources=[{"number": 1, "document": "faq.csv", "heading": "Norway"}],
    )
    return api_key_create("fuzz", ["decide", "events", "flags", "admin"])[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "method"), [(path, method) for path, method, _ in operations()], ids=str
)
def test_a_door_keeps_to_the_document_whatever_it_is_asked(path, method, key, monkeypatch):
    monkeypatch.setattr(growthbook, "STREAM_SECONDS", 0)
    # A client of another test may still be coming to the end of its stream.
    monkeypatch.setattr(growthbook, "_streams", Semaphore(4))
    operation = schema()[path][method.upper()]
    modes = [mode for mode in schemathesis.GenerationMode if can_generate(operation, mode)]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of([operation.as_strategy(mode) for mode in modes]))
    def asked(case):
        for name in ("client_key", "token"):
            if name in (case.path_parameters or {}):
                case.path_parameters[name] = key
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)

    asked()


def can_generate(operation, mode):
    """Where nothing can be wrong, as with a body of any text, there is nothing to generate."""
    try:
        return not operation.as_strategy(mode).is_empty
    except Unsatisfiable:
        return False


@pytest.mark.django_db
def test_every_example_of_a_question_is_answered(key, monkeypatch):
    monkeypatch.setattr(growthbook, "STREAM_SECONDS", 0)
    # A client of another test may still be coming to the end of its stream.
    monkeypatch.setattr(growthbook, "_streams", Semaphore(4))
    client = Client(headers={"Authorization": f"Bearer {key}"})
    places = {"client_key": key, "token": key, "key": "autumn-favourites", "esp": "postmark"}
    places["request_id"] = str(REQUEST_ID)
    for path, method, operation in sorted(operations(), key=asked_late):
        if "export" in path:
            requests_work(now=timezone.now())
        filled = re.sub(r"{(\w+)}", lambda found: places[found[1]], path)
        shown = {
            one["name"]: one["example"]
            for one in operation.get("parameters", [])
            if one["in"] == "query" and one["name"] != "token"
        }
        if method == "get":
            answer = client.get(filled, shown)
        else:
            ((media, content),) = operation["requestBody"]["content"].items()
            example = content["example"]
            url = f"{filled}?{urlencode(shown)}"
            sent = example if isinstance(example, str) else json.dumps(example)
            answer = client.post(url, sent, content_type=media)
        assert answer.status_code in GOOD, (path, answer.getvalue()[:200])


def asked_late(one):
    """What looks at something comes after what makes it, and what ends something comes last."""
    path, method, _ = one
    return (
        path.endswith(("hand-over", "resolved")),
        "{request_id}" in path,
        "export" in path,
        method == "get",
    )
