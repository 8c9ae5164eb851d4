"""Where a metric's numbers stand in a company's own table of units: names only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitColumns:
    """
    Attributes:
        value: Of a share: true or not 0 for a unit that did it. A null is 0.
        denominator: Of a ratio: the column below the line.
        before: The same figure before the assignment, for a metric with `covariate_days`.
        denominator_before: Of a ratio with a covariate.
    """

    value: str
    denominator: str = ""
    before: str = ""
    denominator_before: str = ""

    def named(self, column: str) -> str:
        """The table's name for one of `columns_of`.

        >>> UnitColumns(value="revenue", before="revenue_of_may").named("m3_before")
        'revenue_of_may'
        """
        found: str = getattr(self, column.partition("_")[2])
        return found
