"""A part of a declaration file, read key by key: every refusal names the place and the cure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from experiments.warehouse.errors import DeclarationInvalid

# How a type is called in a file.
WORDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
}


@dataclass(slots=True)
class Section:
    """A table of the file.

    Attributes:
        place: As a person would point at it, e.g. "[exposures]" or "metric revenue".
        values: What stands there.
        known: The keys asked for so far.
    """

    place: str
    values: Mapping[str, Any]
    known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not isinstance(self.values, Mapping):
            raise DeclarationInvalid(f"{self.place} must be a table of keys and values")

    def has(self, key: str) -> bool:
        return key in self.values

    def text(self, key: str, default: str | None = None, *, among: Iterable[str] = ()) -> str:
        value: str = self._of(str, key, default)
        allowed = tuple(among)
        if allowed and value not in allowed:
            raise self.wrong(key, f"is {value!r}; write one of {', '.join(allowed)}")
        if not value and default is None:
            raise self.wrong(key, "is empty; write what it is")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        value: bool = self._of(bool, key, default)
        return value

    def whole(self, key: str) -> int | None:
        value: int | None = self._of(int, key, None, is_optional=True)
        return value

    def number(self, key: str) -> float | None:
        value = self._of(float, key, None, is_optional=True)
        return None if value is None else float(value)

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers; empty where there is none."""
        found = self._of(list, key, [])
        if not all(isinstance(each, int) and not isinstance(each, bool) for each in found):
            raise self.wrong(key, "must be whole numbers")
        return tuple(found)

    def share(self, key: str, value: float | None) -> None:
        """Refuse what is not between 0 and 1."""
        if value is not None and not 0 < value < 1:
            raise self.wrong(key, f"is {value:g}; it must lie between 0 and 1, e.g. 0.95")

    def exact(self, key: str) -> Decimal | None:
        value = self._of(float, key, None, is_optional=True)
        return None if value is None else Decimal(str(value))

    def moment(self, key: str) -> datetime | None:
        value = self.values.get(key)
        self.known.add(key)
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                value = 0
        if value is None:
            return None
        if not isinstance(value, datetime):
            raise self.wrong(key, "is no moment; write e.g. 2025-03-13T09:00:00Z")
        return value if value.tzinfo else value.replace(tzinfo=UTC)

    def part(self, key: str) -> Section:
        self.known.add(key)
        return Section(f"{self.place} {key}", self.values.get(key, {}))

    def finish(self) -> None:
        """Refuse what nobody asked for: a key spelt wrongly must not pass in silence."""
        for key in self.values:
            if key not in self.known:
                raise self.wrong(key, f"is not a key here{_meant(key, self.known)}")

    def wrong(self, key: str, why: str) -> DeclarationInvalid:
        return DeclarationInvalid(f"{self.place}: {key} {why}")

    def _of(self, kind: type, key: str, default: Any, *, is_optional: bool = False) -> Any:
        self.known.add(key)
        if key not in self.values:
            if default is None and not is_optional:
                raise self.wrong(key, f"is missing; write {key} = {WORDS[kind]}")
            return default
        value = self.values[key]
        accepted = (int, float, Decimal) if kind is float else kind
        if not isinstance(value, accepted) or (kind is not bool and isinstance(value, bool)):
            raise self.wrong(key, f"is {value!r}; it must be {WORDS[kind]}")
        return value


def _meant(key: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(known))}"
