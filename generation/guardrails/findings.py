"""What a guardrail says about a copy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["block", "warn", "advice"]
# The order in which a person should read them.
GRAVITY: dict[str, int] = {"block": 0, "warn": 1, "advice": 2}


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a copy.

    Attributes:
        rule: The rule's name, stable across versions, e.g. `facts.percent`.
        severity: `block` keeps the copy from review and launch; `warn` wants a look; `advice` is
            a matter of taste.
        field: A field of the channel, such as `subject` or `text`.
        span: Where in the field, as start and end offsets into its source text.
        message: What is wrong, in a sentence.
        suggestion: What to do about it.
    """

    rule: str
    severity: Severity
    field: str
    span: tuple[int, int]
    message: str
    suggestion: str

    @property
    def is_blocking(self) -> bool:
        return self.severity == "block"

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"span": list(self.span)}
