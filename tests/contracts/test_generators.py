"""What every text generator keeps to, whoever wrote it."""

from __future__ import annotations

import contextlib
import json
import tempfile
from unittest import mock

import pytest

from generation.prompts import render_prompt
from inference.backends.causal import CausalGenerator, CausalSettings
from inference.backends.chat_client import ChatClient
from inference.backends.chat_server import ChatGenerator, ChatSettings
from inference.backends.loading import find_model
from inference.generators import GenerationRequest, ScriptedGenerator, TextGenerator, text_generator
from tests.factories.generation import brief, copy
from tests.inference import tiny_models
from tests.inference.chat_servers import Reply, serving

WRITTEN = copy().to_json()


@contextlib.contextmanager
def _chat_server():
    """A server that writes another subject for each seed and choice."""

    def write(body):
        subjects = [f"{body['seed']} {n}" for n in range(body.get("n", 1))]
        return Reply(tuple(json.dumps(WRITTEN | {"subject": one}) for one in subjects))

    with serving(write) as server:
        yield ChatGenerator(ChatClient(server.url), ChatSettings())


@contextlib.contextmanager
def _language_model():
    """A model of random weights; what it samples is read as the subject of an email."""
    with tempfile.TemporaryDirectory() as folder:
        source = find_model(str(tiny_models.save(folder)))
        made = CausalGenerator(source, CausalSettings(grammar="off", max_new_tokens=12))
        with mock.patch(
            "inference.backends.causal.read_answer", lambda text, _: WRITTEN | {"subject": text}
        ):
            yield made


GENERATORS = {
    "composer": lambda: text_generator("composer"),
    "house": lambda: text_generator("house"),
    "scripted": lambda: ScriptedGenerator(
        {"*": [copy(subject=str(n)).to_json() for n in range(9)]}
    ),
    "own backend": lambda: text_generator("python:tests.generation.backends.SlowGenerator"),
}


SERVED = {"transformers": _language_model, "openai": _chat_server}


@pytest.fixture(params=sorted([*GENERATORS, *SERVED]))
def generator(request):
    if request.param in GENERATORS:
        yield GENERATORS[request.param]()
        return
    with SERVED[request.param]() as made:
        yield made


def _request(key="a/urgency", *, count=3, seed=5):
    asked = brief(key)
    return GenerationRequest(key, render_prompt(asked), asked.to_json(), count, seed)


def test_it_is_named_what_it_is(generator):
    assert isinstance(generator, TextGenerator)
    assert generator.name
    assert generator.revision


def test_it_gives_what_was_asked_for_with_rising_positions(generator):
    texts = list(generator.generate([_request(count=3)]))
    assert [text.position for text in texts] == [0, 1, 2]
    assert {text.key for text in texts} == {"a/urgency"}
    assert all(
        set(text.fields) == {"subject", "preheader", "body", "call_to_action"} for text in texts
    )


def test_candidates_of_one_request_differ(generator):
    texts = list(generator.generate([_request(count=3)]))
    assert len({tuple(text.fields.values()) for text in texts}) == 3


def test_the_same_request_gives_the_same_texts(generator):
    assert list(generator.generate([_request()])) == list(generator.generate([_request()]))


def test_a_request_is_answered_alike_alone_and_in_company(generator):
    company = [_request("x/urgency"), _request(), _request("z/urgency", seed=99)]
    alone = list(generator.generate([_request()]))
    assert [text for text in generator.generate(company) if text.key == "a/urgency"] == alone


def test_it_stops_when_told(generator):
    assert list(generator.generate([_request()], should_stop=lambda: True)) == []


def test_nothing_asked_is_nothing_given(generator):
    assert list(generator.generate([])) == []
