"""The channels copy is written for, and the texts each is made of. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.errors import InputRefused

EMAIL, SMS, PUSH, AD, BANNER = "email", "sms", "push", "ad", "banner"

# In reading order; the first one is what a text is called by on a page.
CHANNEL_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        EMAIL: ("subject", "preheader", "body", "call_to_action"),
        SMS: ("text",),
        PUSH: ("title", "body"),
        AD: ("headline", "description", "call_to_action"),
        BANNER: ("headline", "text", "call_to_action"),
    }
)
CHANNEL_NAMES: Mapping[str, str] = MappingProxyType(
    {EMAIL: "email", SMS: "SMS", PUSH: "push message", AD: "ad", BANNER: "web banner"}
)
MAY_BE_EMPTY = frozenset({(EMAIL, "preheader")})
# Everything else is one line: a name with a line break in it must not start a header of its own.
MANY_LINES = frozenset({(EMAIL, "body"), (SMS, "text"), (PUSH, "body")})
IN_HTML = frozenset({(EMAIL, "body")})


def fields_of(channel: str) -> tuple[str, ...]:
    """The names of a channel's texts, in reading order.

    Raises:
        InputRefused: There is no such channel.
    """
    try:
        return CHANNEL_FIELDS[channel]
    except KeyError:
        known = ", ".join(CHANNEL_FIELDS)
        raise InputRefused(f"channel: {channel!r} is not one of {known}", field="channel") from None
