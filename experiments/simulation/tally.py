"""Counting over blocks of repetitions: who stopped, where, and what was reported there."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from experiments.simulation.contrasts import Contrast, lift_ends, newcombe_ends
from experiments.simulation.design import Boundary
from experiments.simulation.generators import Block, Column


@dataclass(slots=True, kw_only=True)
class Tally:
    """Running counts; a block is opened, looked at, and closed.

    Attributes:
        difference: The true one.
        lift: The true one; not a number where the baseline is not above zero.
    """

    difference: float
    lift: float
    comparisons: int = 0
    upward: int = 0
    downward: int = 0
    any_rejected: int = 0
    difference_covered: int = 0
    lift_covered: int = 0
    untested: int = 0
    unlifted: int = 0
    width: float = 0.0
    lift_widths: list[Column] = field(default_factory=list)
    stopped_at: list[Column] = field(default_factory=list)
    _sign: Block = field(default_factory=lambda: np.empty(0))
    _ends: Block = field(default_factory=lambda: np.empty(0))
    _units: Block = field(default_factory=lambda: np.empty(0))

    def open_block(self, repetitions: int, *, comparisons: int) -> None:
        """Nothing has stopped yet."""
        shape = (repetitions, comparisons)
        self._sign, self._units = np.zeros(shape), np.full(shape, math.nan)
        # The ends of the difference's interval and of the lift's.
        self._ends = np.full((4, *shape), math.nan)

    def look(
        self, contrast: Contrast, boundary: Boundary, position: int, units: int, *, is_last: bool
    ) -> None:
        """Stop the comparisons that find a difference, and at the last look all that are left."""
        is_open = np.isnan(self._units[:, position])
        is_found = is_open & boundary.rejects(contrast)
        self._sign[is_found, position] = np.sign(contrast.estimate[is_found])
        stops = is_open if is_last else is_found
        self._units[stops, position] = units
        if stops.any():
            self._ends[:, stops, position] = _interval_ends(contrast, boundary)[:, stops]

    def close_block(self) -> None:
        """Add the block to the counts."""
        low, high, lift_low, lift_high = self._ends
        self.comparisons += self._sign.size
        self.upward += int((self._sign > 0).sum())
        self.downward += int((self._sign < 0).sum())
        self.any_rejected += int(self._sign.any(axis=1).sum())
        self.untested += int(np.isnan(low).sum())
        self.unlifted += int(np.isnan(lift_low).sum())
        self.difference_covered += _holds(low, high, self.difference)
        self.lift_covered += _holds(lift_low, lift_high, self.lift)
        self.width += float(np.nansum(high - low))
        self.lift_widths.append((lift_high - lift_low).ravel())
        # A repetition ends when its last comparison does.
        self.stopped_at.append(self._units.max(axis=1))


def _interval_ends(contrast: Contrast, boundary: Boundary) -> Block:
    multipliers = boundary.multipliers(contrast.degrees)
    if contrast.rates is not None and boundary.half_width is None:
        low, high = newcombe_ends(contrast, boundary.confidence)
        low, high = (np.where(np.isnan(contrast.error), np.nan, end) for end in (low, high))
    else:
        half = multipliers * contrast.error
        low, high = contrast.estimate - half, contrast.estimate + half
    lifts = lift_ends(contrast, boundary.multipliers(contrast.ratio_degrees))
    return np.stack([low, high, *lifts])


def _holds(low: Column | Block, high: Column | Block, truth: float) -> int:
    holds: NDArray[np.bool_] = (low <= truth) & (truth <= high)
    return int(holds.sum())
