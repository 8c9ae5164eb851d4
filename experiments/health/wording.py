"""Numbers and names as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def join_names(names: Iterable[str]) -> str:
    """Names in a sentence.

    >>> join_names(["Urgency"]), join_names(["Control", "Urgency", "Curiosity"])
    ('Urgency', 'Control, Urgency and Curiosity')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def percent(share: float) -> str:
    """A share with one decimal, and none it does not need.

    >>> percent(0.05), percent(0.0123), percent(-0.3)
    ('5 %', '1.2 %', '-30 %')
    """
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def count(number: int, noun: str, nouns: str = "") -> str:
    """A number with its noun, in the plural unless it is one.

    >>> count(1, "day"), count(1200, "person", "people")
    ('1 day', '1,200 people')
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def day_text(day: date) -> str:
    """A day as one says it.

    >>> day_text(date(2025, 3, 9))
    '9 March'
    """
    return f"{day.day} {day:%B}"


def segment_text(stratum: str) -> str:
    """A segment's name; who is in none is everyone else.

    >>> segment_text("loyal"), segment_text("")
    ("'loyal'", 'everyone else')
    """
    return f"'{stratum}'" if stratum else "everyone else"
