"""How many parts an SMS is sent in: every one of them is paid for."""

from __future__ import annotations

from typing import Literal, NamedTuple

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Sent as an escape and a letter: two septets, and never split over two parts.
_EXTENDED = frozenset("^{}\\[~]|€\f")
_ONE_PART = {"GSM-7": 160, "UCS-2": 70}
_PER_PART = {"GSM-7": 153, "UCS-2": 67}


class SmsSize(NamedTuple):
    """What it takes to send a text.

    Attributes:
        encoding: GSM-7 where every character is in its table, else UCS-2 for the whole text.
        units: Septets, or UTF-16 units.
        parts: Messages it is cut into.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def sms_size(text: str) -> SmsSize:
    """Count units and parts as the network does.

    >>> sms_size("a" * 158 + "€")
    SmsSize(encoding='GSM-7', units=160, parts=1)
    >>> sms_size("a" * 70 + "’").parts
    2
    """
    encoding: Literal["GSM-7", "UCS-2"] = "UCS-2" if foreign_characters(text) else "GSM-7"
    wide = (
        _EXTENDED if encoding == "GSM-7" else frozenset(char for char in text if ord(char) > 0xFFFF)
    )
    units = len(text) + sum(char in wide for char in text)
    if units <= _ONE_PART[encoding]:
        return SmsSize(encoding, units, 1)
    parts, free = 1, _PER_PART[encoding]
    for char in text:
        width = 2 if char in wide else 1
        if width > free:
            parts, free = parts + 1, _PER_PART[encoding]
        free -= width
    return SmsSize(encoding, units, parts)


def foreign_characters(text: str) -> str:
    """The characters that turn a whole SMS into UCS-2, each once, in order.

    >>> foreign_characters("It’s 5 €")
    '’'
    """
    if text.isascii() and "`" not in text and "\t" not in text:
        return ""
    return "".join(dict.fromkeys(char for char in text if char not in _BASIC | _EXTENDED))
