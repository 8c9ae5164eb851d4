"""What there is to tell. Upper floors register their kinds when they start; this one knows none."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = re.compile(r"[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of webhook: its name, and what it says, for people."""

    name: str
    meaning: str


_kinds: dict[str, Kind] = {}


def register(name: str, meaning: str) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r}: a kind's name is made of letters, digits, _ and .")
    _kinds[name] = Kind(name, meaning)


def known_kinds() -> list[Kind]:
    """Every kind, in the order of their names."""
    return [_kinds[name] for name in sorted(_kinds)]


def is_known(name: str) -> bool:
    return name in _kinds
