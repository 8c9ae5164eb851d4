"""What every text generator keeps to, whoever wrote it."""

from __future__ import annotations

import pytest

from generation.prompts import render_prompt
from inference.generators import GenerationRequest, ScriptedGenerator, TextGenerator, text_generator
from tests.factories.generation import brief, copy

GENERATORS = {
    "composer": lambda: text_generator("composer"),
    "house": lambda: text_generator("house"),
    "scripted": lambda: ScriptedGenerator(
        {"*": [copy(subject=str(n)).to_json() for n in range(9)]}
    ),
    "own backend": lambda: text_generator("python:tests.generation.backends.SlowGenerator"),
}


@pytest.fixture(params=sorted(GENERATORS))
def generator(request):
    return GENERATORS[request.param]()


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
