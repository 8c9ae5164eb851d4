from __future__ import annotations

import json

import pytest

from core.errors import DomainError
from inference.answers import AnswerRefused, read_answer
from inference.channels import CHANNELS, channel_of, json_schema

PUSH = {"title": "New", "body": "Two lines,\nand {{ code }}"}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PUSH),
        f"Sure, here it is:\n```json\n{json.dumps(PUSH, indent=1)}\n```\nEnjoy!",
        "I kept {{ code }}: " + json.dumps(PUSH) + json.dumps({"title": "second"}),
        json.dumps(PUSH | {"extra": 1}),
        json.dumps(PUSH).replace("\\n", "\n"),
    ],
)
def test_the_first_object_is_the_answer(text):
    assert read_answer(text, "push") == PUSH


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not one JSON object"),
        ("{" * 100_000, "not one JSON object"),
        ('{"title": "New", "body": "cut o', "not one JSON object"),
        ('["title"]', "not one JSON object"),
        ('{"title": "New"}', "no text for body"),
        ('{"title": 3, "body": null}', "no text for title, body"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text, reason):
    with pytest.raises(AnswerRefused, match=reason):
        read_answer(text, "push")


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_schema_asks_for_the_fields_in_order_and_nothing_else(channel):
    schema = json_schema(channel)
    assert schema["required"] == [*schema["properties"]]
    assert schema["additionalProperties"] is False


def test_an_unknown_channel_is_refused():
    with pytest.raises(DomainError, match="fax"):
        channel_of({"channel": "fax"})
