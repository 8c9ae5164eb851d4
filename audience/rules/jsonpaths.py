"""Comparisons of one value of a JSON object, as an SQL/JSON path predicate. Pure.

The database evaluates such a path in one pass over the object, several times as fast as it takes
the value out as a text and casts it. A value of another kind than the one it is compared with makes
the comparison unknown, which counts as "no"; of a list, one element that compares so is enough.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from audience.rules.kinds import DATES, ORDERINGS
from audience.rules.nodes import Comparisons, Scalar

SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
ISO_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
TRUE_WORDS, FALSE_WORDS = ("true", "True", "TRUE"), ("false", "False", "FALSE")


def json_path(*names: str, comparisons: Comparisons, now: datetime) -> str:
    """The path predicate for the value under these keys; empty where `exists` is all that is asked.

    Files bring numbers as texts too: a text that reads as a number compares as one. Dates are ISO
    texts, compared by their day.

    >>> json_path("city", comparisons=(("is", "Ulm"),), now=datetime(2025, 1, 1))
    '($."city" == "Ulm")'
    >>> json_path("due", comparisons=(("in_next_days", 7),), now=datetime(2025, 1, 1))
    '($."due" >= "2025-01-01" && $."due" < "2025-01-09" && $."due" like_regex \
"^[0-9]{4}-[0-9]{2}-[0-9]{2}")'
    """
    value = "$" + "".join(f".{json.dumps(name)}" for name in names)
    numbers = {key: it for key, it in comparisons if key in ORDERINGS and not isinstance(it, str)}
    texts = {key: it for key, it in comparisons if key in ORDERINGS and isinstance(it, str)}
    days = {key: it for key, it in comparisons if key in DATES}
    parts = [
        *(_equal(value, it) for key, it in comparisons if key in ("is", "in")),
        *([_as_numbers(value, numbers)] if numbers else []),
        *([_all(_ordered(value, texts))] if texts else []),
        *(_all(_in_days(value, key, it, today=now.date())) for key, it in days.items()),
    ]
    return _all(parts) if len(parts) > 1 else "".join(parts)


def text_as_scalar(text: str) -> Scalar | None:
    """What a text that is JSON's word for a number, true or false stands for."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) <= 1e15 and math.isfinite(value):
        return value
    return None


def _equal(value: str, wanted: Scalar | tuple[Scalar, ...]) -> str:
    if isinstance(wanted, tuple):
        return _any(_equal(value, one) for one in wanted)
    if isinstance(wanted, bool):
        words = TRUE_WORDS if wanted else FALSE_WORDS
        return _any([f"{value} == {json.dumps(wanted)}", *_words(value, words)])
    if isinstance(wanted, str):
        # An id may be "7" in the rule and 7 in the file.
        scalar = text_as_scalar(wanted)
        other = [] if scalar is None else [f"{value} == {json.dumps(scalar)}"]
        return _any([*_words(value, [wanted]), *other])
    number = json.dumps(wanted)
    is_text = f'{value}.type() == "string"'
    return _any([f"{value} == {number}", _all([is_text, f"{value}.double() == {number}"])])


def _words(value: str, words: Iterable[str]) -> list[str]:
    return [f"{value} == {json.dumps(word)}" for word in words]


def _as_numbers(value: str, bounds: Mapping[str, object]) -> str:
    is_text = f'{value}.type() == "string"'
    return _any(
        [_all(_ordered(value, bounds)), _all([is_text, *_ordered(f"{value}.double()", bounds)])]
    )


def _ordered(value: str, bounds: Mapping[str, object]) -> list[str]:
    return [f"{value} {SIGNS[bound]} {json.dumps(it)}" for bound, it in bounds.items()]


def _in_days(value: str, key: str, days: object, *, today: date) -> list[str]:
    """The bounds come first: only what lies between them is asked whether it is a date at all."""
    away = timedelta(days=int(str(days)))
    tomorrow = today + timedelta(days=1)
    bounds: dict[str, dict[str, str]] = {
        "within_days": {"gte": _day(today - away), "lt": _day(tomorrow)},
        "before_days": {"lt": _day(today - away)},
        "in_next_days": {"gte": _day(today), "lt": _day(tomorrow + away)},
    }
    return [*_ordered(value, bounds[key]), f"{value} like_regex {json.dumps(ISO_DATE)}"]


def _day(day: date) -> str:
    return day.isoformat()


def _all(parts: Iterable[str]) -> str:
    return f"({' && '.join(parts)})"


def _any(parts: Iterable[str]) -> str:
    return f"({' || '.join(parts)})"
