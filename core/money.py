"""Amounts of money as every page and message writes them."""

from __future__ import annotations

from decimal import Decimal

MINUS = "−"


def money(amount: float | Decimal, currency: str, *, decimals: int = 2) -> str:
    """The amount with thousands separators and its currency; without one where none is known.

    >>> money(Decimal("1234.5"), "EUR"), money(-3.2, "EUR", decimals=0), money(-0.001, "")
    ('1,234.50 EUR', '−3 EUR', '0.00')
    """
    written = f"{amount:,.{decimals}f}"
    if written.startswith("-"):
        is_nothing = not written.strip("-0.,")
        written = ("" if is_nothing else MINUS) + written[1:]
    return f"{written} {currency}".strip()
