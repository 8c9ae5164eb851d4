"""What is held about a subject as a table: one value a row. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

# A spreadsheet runs what begins like this.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(export: Sequence[Mapping[str, object]]) -> str:
    """Every value with its place, for people who read no JSON.

    >>> print(as_csv([{"audience": {"contact": {"first_name": "Ann"}, "texts": ["=1+1"]}}]), end="")
    subject,place,value
    1,audience.contact.first_name,Ann
    1,audience.texts.0,'=1+1
    """
    written = io.StringIO(newline="")
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(["subject", "place", "value"])
    for number, held in enumerate(export, start=1):
        rows.writerows((number, place, _safe(value)) for place, value in _values(held, ""))
    return written.getvalue()


def _values(held: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(held, Mapping):
        for name, inner in held.items():
            yield from _values(inner, f"{place}.{name}" if place else str(name))
    elif isinstance(held, list | tuple):
        for number, inner in enumerate(held):
            yield from _values(inner, f"{place}.{number}")
    else:
        yield place, "" if held is None else str(held)


def _safe(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
