"""How much traffic each arm gets next: Thompson sampling and its top-two form, with floors.

The weights are probabilities, computed by quadrature of the posteriors and not by drawing. Which
end of the metric is better is decided once, where arms are compared, so a metric and its mirror
image get the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from experiments.stats.bayes import compare_posteriors
from experiments.stats.errors import ArgumentImpossible
from experiments.stats.posteriors import Posterior

Strategy = Literal["thompson", "top-two"]

LEAST_SHARE = 0.01
WARM_UP_UNITS = 100
_LEADER_SHARE = 0.5
_ROUNDING = 1e-12

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Shares of the traffic to come.

    Attributes:
        weights: One for each arm, in the order given, with the sum 1.
        is_best: Probability that each arm is the best.
        is_warming_up: Whether an arm has too few units yet to be judged, so that all share alike.
    """

    weights: tuple[float, ...]
    is_best: tuple[float, ...]
    is_warming_up: bool


def allocate_traffic(
    posteriors: Sequence[Posterior],
    *,
    units: Sequence[int],
    strategy: Strategy = "thompson",
    is_lower_better: bool = False,
    floor: float = LEAST_SHARE,
    control: int = 0,
    control_floor: float = 0.0,
    warm_up: int = WARM_UP_UNITS,
) -> Allocation:
    r"""Divide the traffic to come by what is believed of the arms.

    Thompson: an arm's weight w is its probability p to be the best. Top-two: half the traffic goes
    so, the other half to the best of the rest once the best is set aside,
    w_j = p_j / 2 + sum_{i != j} p_i p_j / (1 - p_i) / 2; it learns the winner sooner, and never
    gives an arm more than half. Floors: f + (1 - K f) w, which keeps the order; then control gets
    its own floor, at the others' cost above theirs.

    Args:
        posteriors: One for each arm, two or more.
        units: Units each arm has had.
        strategy: "thompson" or "top-two".
        is_lower_better: Less of the metric is better.
        floor: Least share of every arm; without one an arm could never be estimated again.
        control: Which arm is control.
        control_floor: Least share of control, so that the lift can be measured against it.
        warm_up: Until every arm has had so many units, all share alike.

    Raises:
        TooFewUnits: There are fewer than two arms.
        ArgumentImpossible: Units do not fit the arms, or floors leave nothing to divide.

    Sources: Thompson (1933), Biometrika 25; Russo (2020), "Simple Bayesian algorithms for best-arm
    identification", Operations Research 68.

    >>> from experiments.stats.posteriors import BetaPosterior
    >>> arms = [BetaPosterior(alpha=11, beta=191), BetaPosterior(alpha=21, beta=181)]
    >>> [round(weight, 3) for weight in allocate_traffic(arms, units=[200, 200]).weights]
    [0.039, 0.961]
    """
    _check(len(posteriors), units, strategy, floor, control, control_floor)
    beliefs = compare_posteriors(posteriors, is_lower_better=is_lower_better)
    best = np.array([belief.is_best for belief in beliefs])
    best /= best.sum()
    is_warming_up = min(units) < warm_up
    if is_warming_up:
        wished = np.full(len(best), 1 / len(best))
    else:
        wished = _top_two(best) if strategy == "top-two" else best
    weights = _with_floors(wished, floor, control, max(control_floor, floor))
    return Allocation(
        weights=tuple(weights.tolist()), is_best=tuple(best.tolist()), is_warming_up=is_warming_up
    )


def _check(
    arms: int,
    units: Sequence[int],
    strategy: str,
    floor: float,
    control: int,
    control_floor: float,
) -> None:
    if strategy not in get_args(Strategy):
        raise ArgumentImpossible(f"strategy must be one of {', '.join(get_args(Strategy))}")
    if len(units) != arms or not 0 <= control < arms or any(size < 0 for size in units):
        raise ArgumentImpossible("units must be one number an arm, and control one of the arms")
    if floor < 0 or control_floor < 0:
        raise ArgumentImpossible("floors must not be negative")
    if max(control_floor, floor) + (arms - 1) * floor > 1 + _ROUNDING:
        raise ArgumentImpossible(f"floors of {floor} and {control_floor} leave nothing to divide")


def _top_two(best: Column) -> Column:
    wished = _LEADER_SHARE * best
    for leader, chance in enumerate(best):
        rest = best.copy()
        rest[leader] = 0.0
        # A leader who is certain leaves nothing to tell the others apart by.
        second = (
            rest / rest.sum() if rest.sum() else (np.arange(len(best)) != leader) / (len(best) - 1)
        )
        wished = wished + (1 - _LEADER_SHARE) * chance * second
    return wished


def _with_floors(wished: Column, floor: float, control: int, control_floor: float) -> Column:
    weights: Column = floor + (1 - len(wished) * floor) * wished
    if weights[control] >= control_floor - _ROUNDING:
        return weights
    others = np.arange(len(wished)) != control
    free = weights[others] - floor
    left = 1 - control_floor - (len(wished) - 1) * floor
    # What the others have above their floors shrinks in proportion.
    weights[others] = floor + free * (left / free.sum())
    weights[control] = control_floor
    return weights
