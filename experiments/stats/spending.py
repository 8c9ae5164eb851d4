"""Group-sequential tests: a planned number of looks, each with its share of the level to spend.

When the looks are few and planned it keeps more power than a test valid at any time. Lan and
DeMets' spending functions let a look come early or late: only the share of information matters.

The chance to cross at each look is found by recursive numerical integration of the score's density
(Armitage, McPherson and Rowe 1969): no simulation, so the bounds have no noise.

Sources: Lan and DeMets (1983), Biometrika 70; Jennison and Turnbull (2000), Group Sequential
Methods with Applications to Clinical Trials, 2, 7 and 19.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import scipy

from experiments.stats.errors import ArgumentImpossible
from experiments.stats.moments import Matrix

Spending = Literal["obrien-fleming", "pocock", "power"]
Shape = Literal["obrien-fleming", "pocock"]
Sides = Literal[1, 2]

# Beyond so many standard deviations there is no probability worth integrating.
WIDEST = 9.0
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """A planned sequence of looks.

    Attributes:
        information: Share of the final information (units) at each look, rising to at most 1.
        bounds: The z statistic that stops the test at each look.
        spent: Level spent up to each look, both sides together.
        sides: 2, or 1 for a test that only looks upwards.
    """

    information: tuple[float, ...]
    bounds: tuple[float, ...]
    spent: tuple[float, ...]
    sides: Sides

    def crossing(self, *, drift: float = 0.0) -> tuple[float, ...]:
        """Probability to stop at each look.

        Args:
            drift: Mean of the z statistic at full information: effect / its standard error there.
                Zero asks for the level.

        >>> looks = plan_looks([0.5, 1.0])
        >>> round(sum(looks.crossing()), 6), round(sum(looks.crossing(drift=2.8016)), 3)
        (0.05, 0.799)
        """
        walk = _Walk(self.sides, drift)
        return tuple(
            walk.step(share, bound)
            for share, bound in zip(self.information, self.bounds, strict=True)
        )


def plan_looks(
    information: Sequence[float],
    *,
    level: float = 0.05,
    spending: Spending = "obrien-fleming",
    exponent: float = 2.0,
    sides: Sides = 2,
) -> Looks:
    """Bounds of each look by a spending function; each side of two spends half of the level.

    With a the level of one side and t the share of information, what is spent is
    "obrien-fleming": 2 - 2 Phi(z_(a/2) / sqrt(t)), nearly nothing early;
    "pocock": a ln(1 + (e - 1) t), about the same at each look;
    "power": a t^exponent (Kim and DeMets 1987).

    Args:
        information: Share of the planned units at each look, rising, at most 1.
        level: Of the whole test.
        spending: Which function.
        exponent: Of "power".
        sides: 1 or 2.

    Raises:
        ArgumentImpossible: An option has no meaning, or the shares do not rise inside (0, 1].

    >>> [round(z, 3) for z in plan_looks([0.2, 0.4, 0.6, 0.8, 1.0]).bounds]
    [4.877, 3.357, 2.68, 2.29, 2.031]
    """
    _check(information, level, sides)
    if spending not in get_args(Spending) or exponent <= 0:
        raise ArgumentImpossible(f"spending must be one of {', '.join(get_args(Spending))}")
    spent = [sides * _spent(share, level / sides, spending, exponent) for share in information]
    walk, bounds = _Walk(sides, 0.0), []
    for share, now, before in zip(information, spent, [0.0, *spent], strict=False):
        bounds.append(walk.bound_for(share, now - before))
        walk.step(share, bounds[-1])
    return Looks(
        information=tuple(information), bounds=tuple(bounds), spent=tuple(spent), sides=sides
    )


def classic_constant(looks: int, *, shape: Shape, level: float = 0.05, sides: Sides = 2) -> float:
    """The constant of the classical designs of equally spaced looks.

    Pocock stops at |z| >= c at every look k of K, O'Brien and Fleming at |z| >= c sqrt(K / k).

    Raises:
        ArgumentImpossible: An option has no meaning.

    Source: Jennison and Turnbull (2000), tables 2.1 and 2.3.

    >>> round(classic_constant(5, shape="pocock"), 3)
    2.413
    >>> round(classic_constant(5, shape="obrien-fleming"), 3)
    2.04
    """
    if shape not in get_args(Shape) or looks < 1:
        raise ArgumentImpossible("shape must be 'pocock' or 'obrien-fleming', and looks 1 or more")
    information = tuple((index + 1) / looks for index in range(looks))
    _check(information, level, sides)
    power = 0.0 if shape == "pocock" else -0.5

    def excess(constant: float) -> float:
        bounds = tuple(constant * share**power for share in information)
        plan = Looks(information=information, bounds=bounds, spent=(), sides=sides)
        return sum(plan.crossing()) - level

    return float(scipy.optimize.brentq(excess, *_bracket(level, sides, looks), xtol=1e-10))


def _bracket(level: float, sides: Sides, looks: int) -> tuple[float, float]:
    least, most = scipy.special.ndtri(level / sides), scipy.special.ndtri(level / (sides * looks))
    return -float(least) - 1e-6, -float(most) + 1e-6


def _check(information: Sequence[float], level: float, sides: int) -> None:
    if not 0 < level < 1 or sides not in get_args(Sides):
        raise ArgumentImpossible("level must lie between 0 and 1, and sides be 1 or 2")
    steps = np.diff([0.0, *information])
    if not len(steps) or not (steps > 0).all() or information[-1] > 1:
        raise ArgumentImpossible("shares of information must rise from above 0 to at most 1")


def _spent(share: float, level: float, spending: Spending, exponent: float) -> float:
    if spending == "obrien-fleming":
        return 2 * float(scipy.special.ndtr(scipy.special.ndtri(level / 2) / math.sqrt(share)))
    if spending == "pocock":
        return level * math.log1p((math.e - 1) * share)
    return level * share**exponent


class _Walk:
    """The score on its way: where it may be at a look, given that it has not crossed before."""

    def __init__(self, sides: Sides, drift: float) -> None:
        self.sides, self.drift = sides, drift
        self.share = 0.0
        self.scores: Matrix = np.zeros(1)
        self.mass: Matrix = np.ones(1)

    def beyond(self, share: float, bound: float) -> float:
        """Probability to cross this bound at a look at this share of information."""
        step, edge = math.sqrt(share - self.share), bound * math.sqrt(share)
        middle = self.scores + self.drift * (share - self.share)
        chance = scipy.special.ndtr((middle - edge) / step)
        if self.sides == 2:
            chance = chance + scipy.special.ndtr((-edge - middle) / step)
        return float(self.mass @ chance)

    def bound_for(self, share: float, wanted: float) -> float:
        """The bound that is crossed at this look with this probability."""

        def excess(bound: float) -> float:
            return self.beyond(share, bound) - wanted

        return float(scipy.optimize.brentq(excess, 0.0, 40.0, xtol=1e-11)) if wanted > 0 else 40.0

    def step(self, share: float, bound: float) -> float:
        """Take this look: the probability to cross at it; keep the density of not crossing."""
        crossed = self.beyond(share, bound)
        step, spread = math.sqrt(share - self.share), math.sqrt(share)
        middle = self.drift * share
        high = min(bound * spread, middle + WIDEST * spread)
        low = (
            max(-bound * spread, middle - WIDEST * spread)
            if self.sides == 2
            else (min(middle - WIDEST * spread, high - WIDEST * spread))
        )
        nodes, widths = _panels(low, max(high, low), step)
        moved = nodes[:, None] - self.scores - self.drift * (share - self.share)
        density = np.exp(-((moved / step) ** 2) / 2) / (step * math.sqrt(2 * math.pi))
        self.mass = widths * (density @ self.mass)
        self.scores, self.share = nodes, share
        return crossed


def _panels(low: float, high: float, step: float) -> tuple[Matrix, Matrix]:
    """Gauss-Legendre nodes on panels no wider than two steps' standard deviations."""
    edges = np.linspace(low, high, 2 + int((high - low) / (2 * step)))
    half = np.diff(edges)[:, None] / 2
    middle = (edges[:-1, None] + edges[1:, None]) / 2
    return (middle + half * _NODES).ravel(), (half * _NODE_WEIGHTS).ravel()
