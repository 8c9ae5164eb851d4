"""What an offer's words say, held against its numbers. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|percent\b|per cent\b)", re.IGNORECASE)


def contradicted_percent(text: str, percent: Decimal | None) -> str:
    """The percentage a text promises where the offer has another one; empty where none does.

    >>> contradicted_percent("15% off dresses", Decimal("15.00"))
    ''
    >>> contradicted_percent("20% off dresses", Decimal("15.00"))
    '20'
    >>> contradicted_percent("A gift with every order", Decimal("15.00"))
    ''
    """
    if percent is None:
        return ""
    said = [(found, Decimal(found.replace(",", "."))) for found in _PERCENT.findall(text)]
    if not said or any(value == percent for _, value in said):
        return ""
    return said[0][0]
