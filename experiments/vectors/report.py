"""What a run over a file of expected numbers found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One number, or one case, that is not as expected."""

    name: str
    expected: Any
    got: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run's result.

    Attributes:
        passed: Cases met in all that was compared.
        failed: Cases with one miss or more.
        misses: Every number missed.
        not_covered: What was not checked, each with the reason.
        remarks: Cases whose expectation is disputed, each with the reason.
    """

    passed: int
    failed: int
    misses: tuple[Miss, ...] = ()
    not_covered: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The report as text; the count comes last.

        >>> print(*Report(passed=1, failed=0, not_covered=("feature",)).lines(), sep="\\n")
        not covered: feature
        1 passed, 0 failed
        """
        for miss in self.misses:
            yield f"miss: {miss.name}: expected {miss.expected!r}, got {miss.got!r}"
        for remark in self.remarks:
            yield f"disputed: {remark}"
        for name in self.not_covered:
            yield f"not covered: {name}"
        yield f"{self.passed} passed, {self.failed} failed"
