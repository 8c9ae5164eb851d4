"""What the server answers, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Decision:
    """Which copy a contact gets. With `suppressed`, do not send."""

    campaign: str
    arm: str
    content: Mapping[str, str]
    experiment: str = ""
    segment: str = ""
    variant: int | None = None
    assignment: str = ""
    holdout: bool = False
    suppressed: bool = False
    fallback: bool = False
    reason: str = ""
    contact: str = ""

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Names that a newer server adds are passed over."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in answer.items() if name in known})


@dataclass(frozen=True, slots=True)
class LineRefused:
    """One line of many that could not be read; the others got their decisions."""

    code: str
    message: str
    line: int
    field: str = ""

    @classmethod
    def of(cls, answer: Mapping[str, Any], *, first_line: int) -> Self:
        where = first_line + answer["line"] - 1
        return cls(answer["code"], answer["message"], where, answer.get("field", ""))


@dataclass(frozen=True, slots=True)
class Flag:
    """A campaign as a feature flag: the arm is the variant, the copy its value."""

    key: str
    variant: str
    value: Mapping[str, str]
    reason: str
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        return cls(
            answer["key"],
            answer["variant"],
            answer["value"],
            answer["reason"],
            answer.get("metadata", {}),
        )
