"""What a guardrail says about a copy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["block", "warn"]


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a copy.

    Attributes:
        rule: The rule's name, stable across versions, e.g. `facts.percent`.
        severity: `block` keeps the copy from review and launch; `warn` is advice.
        field: `subject`, `preheader`, `body` or `call_to_action`.
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
