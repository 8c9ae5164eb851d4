"""The fields of each channel as composer writes them: what kind of text, and how long it may be.

`inference.channels` says what a channel allows; here is what reads well: a subject that no phone
cuts off, a text message of one part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Shape = Literal["title", "preheader", "letter", "message", "button"]


class Surface(NamedTuple):
    """One field of a channel.

    Attributes:
        field: Its name.
        shape: Which kind of text it is.
        room: How many characters it may have once its tags are filled in.
    """

    field: str
    shape: Shape
    room: int


SURFACES: Mapping[str, tuple[Surface, ...]] = {
    "email": (
        Surface("subject", "title", 50),
        Surface("preheader", "preheader", 90),
        Surface("body", "letter", 2_000),
        Surface("call_to_action", "button", 25),
    ),
    "sms": (Surface("text", "message", 160),),
    "push": (Surface("title", "title", 50), Surface("body", "message", 150)),
    "ad": (
        Surface("headline", "title", 30),
        Surface("description", "message", 90),
        Surface("call_to_action", "button", 25),
    ),
    "banner": (
        Surface("headline", "title", 40),
        Surface("text", "message", 90),
        Surface("call_to_action", "button", 20),
    ),
}
# The parts of a letter, in order, and the slots each carries beside its topic. One with no slot to
# carry and nothing else to say is left out.
LETTER_PARTS: Mapping[str, tuple[str, ...]] = {
    "opening": ("name",),
    "argument": ("claim",),
    "terms": ("product", "offer", "code", "expires"),
    "closing": ("url", "brand"),
}
