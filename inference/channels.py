"""What one piece of copy consists of on each channel: names, lengths, and a JSON schema of them.

An answer of the assistant is no copy, and only language models write it; it has a shape too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.errors import DomainError

DEFAULT_CHANNEL = "email"


@dataclass(frozen=True)
class ChannelField:
    """One text of a channel, and how many characters it may have as written, merge tags and all.

    These bound what is decoded. Guardrails judge the shorter text that a reader sees, with the tags
    filled in: `{{ first_name | default: 'there' }}` takes 35 characters here and about 8 there.
    """

    name: str
    longest: int
    shortest: int = 1


CHANNELS: Mapping[str, tuple[ChannelField, ...]] = MappingProxyType(
    {
        "email": (
            ChannelField("subject", 200),
            ChannelField("preheader", 300, shortest=0),
            ChannelField("body", 3000),
            ChannelField("call_to_action", 80),
        ),
        "sms": (ChannelField("text", 600),),
        "push": (ChannelField("title", 160), ChannelField("body", 400)),
        "ad": (
            ChannelField("headline", 160),
            ChannelField("description", 300),
            ChannelField("call_to_action", 80),
        ),
        "banner": (
            ChannelField("headline", 160),
            ChannelField("text", 300),
            ChannelField("call_to_action", 80),
        ),
    }
)

# What language models write beside copy.
ANSWER = "answer"
SHAPES: Mapping[str, tuple[ChannelField, ...]] = MappingProxyType(
    {**CHANNELS, ANSWER: (ChannelField("text", 1200, shortest=0),)}
)


def channel_of(controls: Mapping[str, Any]) -> str:
    """The channel a request's controls name; email where they name none.

    Raises:
        DomainError: There is no such channel.

    >>> channel_of({}), channel_of({"channel": "sms"})
    ('email', 'sms')
    """
    channel = str(controls.get("channel") or DEFAULT_CHANNEL)
    if channel not in CHANNELS:
        raise DomainError(f"No copy is written for the channel {channel!r}, only: {[*CHANNELS]}")
    return channel


def shape_of(controls: Mapping[str, Any]) -> str:
    """The channel a request's controls name, or that an answer is asked for.

    Raises:
        DomainError: There is no such channel.

    >>> shape_of({"channel": "answer"}), shape_of({})
    ('answer', 'email')
    """
    return ANSWER if controls.get("channel") == ANSWER else channel_of(controls)


def json_schema(channel: str) -> dict[str, Any]:
    """The JSON schema of a text: one object, the channel's fields in order, nothing else.

    >>> json_schema("sms")["properties"]
    {'text': {'type': 'string', 'minLength': 1, 'maxLength': 600}}
    """
    return {
        "type": "object",
        "properties": {
            field.name: {
                "type": "string",
                "minLength": field.shortest,
                "maxLength": field.longest,
            }
            for field in SHAPES[channel]
        },
        "required": [field.name for field in SHAPES[channel]],
        "additionalProperties": False,
    }
