"""Single figures as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOTHING = "–"
SMALLEST_SHOWN = 0.0001


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How a metric's figures are written: a share in per cent, everything else in four decimals.

    >>> Figure(is_share=True).text(0.05), Figure(is_share=False).change(-1.5)
    ('5.00%', '-1.5000')
    """

    is_share: bool

    def text(self, number: float | None) -> str:
        return NOTHING if number is None else format(number, ".2%" if self.is_share else ",.4f")

    def change(self, number: float | None) -> str:
        return NOTHING if number is None else format(number, "+.2%" if self.is_share else "+,.4f")


def p_value(number: float | None) -> str:
    """
    >>> p_value(0.04567), p_value(1e-9), p_value(None)
    ('0.0457', '< 0.0001', '–')
    """
    if number is None:
        return NOTHING
    return f"{number:.4f}" if number >= SMALLEST_SHOWN else f"< {SMALLEST_SHOWN:.4f}"


def interval(lift: Mapping[str, Any] | None) -> str:
    """
    >>> interval({"estimate": 0.1, "low": -0.02, "high": None})
    '+10.00% (-2.00% to ∞)'
    """
    if lift is None:
        return NOTHING
    low, high = _end(lift["low"], "-"), _end(lift["high"], "")
    return f"{lift['estimate']:+.2%} ({low} to {high})"


def chance(bayes: Mapping[str, Any] | None) -> str:
    return NOTHING if bayes is None else share_of(bayes["beats_control"])


def share_of(number: float) -> str:
    return f"{number:.1%}"


def _end(number: float | None, sign: str) -> str:
    return f"{sign}∞" if number is None else f"{number:+.2%}"
