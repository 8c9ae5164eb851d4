"""Orders of many people as columns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InputRefused

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Orders:
    """Orders sorted by unit, then time. Make them with `Orders.of`.

    Attributes:
        unit: Whose order it is, 0 to `units` - 1; shape (orders,).
        at: When, in days since 1970-01-01 UTC.
        value: What was paid, in the shop's currency.
        lines: How many lines it has; 0 where that is unknown.
        words: Names of what was bought, in one text; empty where they are unknown.
        units: How many units there are, those without an order among them.
    """

    unit: Integers
    at: Floats
    value: Floats
    lines: Floats
    words: Sequence[str]
    units: int

    @classmethod
    def of(
        cls,
        unit: Sequence[int] | Integers,
        at: Sequence[float] | Floats,
        value: Sequence[float] | Floats,
        *,
        lines: Sequence[float] | Floats | None = None,
        words: Sequence[str] | None = None,
        units: int | None = None,
    ) -> Orders:
        """Sort and check columns of equal length.

        Raises:
            InputRefused: Lengths differ, or a value or time is no finite number.
        """
        owner = np.asarray(unit, dtype=np.int64)
        when, paid = np.asarray(at, dtype=float), np.asarray(value, dtype=float)
        counted = np.zeros(len(owner)) if lines is None else np.asarray(lines, dtype=float)
        named = [""] * len(owner) if words is None else words
        for name, column in (("at", when), ("value", paid), ("lines", counted)):
            if len(column) != len(owner) or not np.isfinite(column).all():
                raise InputRefused(f"{name} must be a finite number for each order", field=name)
        if len(named) != len(owner):
            raise InputRefused("words must be one text for each order", field="words")
        order = np.lexsort((when, owner))
        last = int(owner.max()) + 1 if len(owner) else 0
        return cls(
            unit=owner[order],
            at=when[order],
            value=paid[order],
            lines=counted[order],
            words=[named[row] for row in order],
            units=last if units is None else units,
        )

    def subset(self, keep: NDArray[np.bool_]) -> Orders:
        """The orders to keep, of the same units."""
        rows = np.flatnonzero(keep)
        return Orders(
            unit=self.unit[rows],
            at=self.at[rows],
            value=self.value[rows],
            lines=self.lines[rows],
            words=[self.words[row] for row in rows.tolist()],
            units=self.units,
        )

    def between(self, start: float, end: float) -> Orders:
        """Orders from `start` on and before `end`, in days since 1970."""
        return self.subset((self.at >= start) & (self.at < end))

    def of_units(self, kept: NDArray[np.bool_]) -> Orders:
        """The orders of some units, who are numbered anew in the same order."""
        number = np.cumsum(kept) - 1
        own = self.subset(kept[self.unit])
        return Orders(
            number[own.unit], own.at, own.value, own.lines, own.words, units=int(kept.sum())
        )

    def counts(self) -> Integers:
        """Orders of each unit, shape (units,)."""
        return np.bincount(self.unit, minlength=self.units)
