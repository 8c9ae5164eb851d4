"""Dunnett's test: several arms against one control, with the correlation they share by it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import scipy

from experiments.stats.errors import TooFewUnits, VarianceIsZero
from experiments.stats.intervals import Alternative, Difference, check_options, check_two_arms
from experiments.stats.moments import Matrix
from experiments.stats.samples import Mean

_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(160)
_WIDEST = 9.0


def compare_with_control(
    control: Mean,
    treatments: Sequence[Mean],
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
) -> tuple[Difference, ...]:
    """Each treatment minus control; p-values and intervals hold for all of them together.

    Assumes one variance in all arms, pooled with sum(n) - arms degrees of freedom. The p-value of t
    is P(max |T| >= |t|), T multivariate t with correlations l_i l_j, l = sqrt(n_i / (n_i + n_0)):
    one dimension for the control and one for the variance are integrated, no draws.

    Args:
        control: The control's moments, of two units or more.
        treatments: Each treatment's moments, one or more.
        confidence: That all intervals hold.
        alternative: "greater" looks for treatments above control.

    Raises:
        TooFewUnits: There is no treatment, or an arm has fewer than two units.
        VarianceIsZero: No unit differs from its arm's mean.
        ArgumentImpossible: An option has no meaning.

    Source: C. W. Dunnett (1955), JASA 50.

    >>> arms = [Mean.of([1.0, 2.0, 3.0]), Mean.of([2.0, 4.0, 6.0]), Mean.of([5.0, 6.0, 7.0])]
    >>> [round(each.p_value, 3) for each in compare_with_control(arms[0], arms[1:])]
    [0.221, 0.024]
    """
    check_options(confidence, alternative)
    degrees, variance = _pooled(control, treatments)
    loads = np.sqrt([arm.units / (arm.units + control.units) for arm in treatments])
    critical = dunnett_quantile(
        loads, confidence=confidence, alternative=alternative, degrees=degrees
    )
    differences = []
    for arm in treatments:
        error = math.sqrt(variance * (1 / arm.units + 1 / control.units))
        estimate = arm.mean - control.mean
        differences.append(
            Difference(
                estimate=estimate,
                low=-math.inf if alternative == "less" else estimate - critical * error,
                high=math.inf if alternative == "greater" else estimate + critical * error,
                p_value=_p_value(estimate / error, loads, alternative, degrees),
                confidence=confidence,
                alternative=alternative,
                standard_error=error,
                degrees_of_freedom=degrees,
                method="dunnett",
            )
        )
    return tuple(differences)


def dunnett_quantile(
    loads: Sequence[float] | Matrix,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    degrees: float = math.inf,
) -> float:
    """Standard errors on each open side so that all comparisons with control hold together.

    Args:
        loads: sqrt(n_i / (n_i + n_0)) of each treatment; sqrt(1/2) for arms of equal size.
        confidence: That all hold.
        alternative: Which sides.
        degrees: Of the pooled variance; infinity means it is known.

    Raises:
        ArgumentImpossible: An option has no meaning.

    >>> [round(dunnett_quantile([0.5**0.5] * arms), 2) for arms in (2, 3, 4, 5)]
    [2.21, 2.35, 2.44, 2.51]
    """
    check_options(confidence, alternative)
    column = np.asarray(loads, dtype=np.float64)
    sides = 2 if alternative == "two-sided" else 1

    def excess(bound: float) -> float:
        return _inside(bound, column, sides, degrees) - confidence

    lowest = 0.0 if sides == 2 else -40.0
    return float(scipy.optimize.brentq(excess, lowest, 1e4, xtol=1e-10))


def _pooled(control: Mean, treatments: Sequence[Mean]) -> tuple[float, float]:
    if not treatments:
        raise TooFewUnits("there is no treatment to compare")
    for arm in treatments:
        check_two_arms(control.units, arm.units, least=2)
    arms = [control, *treatments]
    degrees = sum(arm.units for arm in arms) - len(arms)
    variance = math.fsum(arm.centred_squares for arm in arms) / degrees
    if not variance:
        raise VarianceIsZero("all units of an arm have the same value, so chance has no size")
    return float(degrees), variance


def _p_value(statistic: float, loads: Matrix, alternative: Alternative, degrees: float) -> float:
    sides = 2 if alternative == "two-sided" else 1
    toward = abs(statistic) if sides == 2 else statistic * (1 if alternative == "greater" else -1)
    return min(1.0, max(0.0, 1 - _inside(toward, loads, sides, degrees)))


def _inside(bound: float, loads: Matrix, sides: int, degrees: float) -> float:
    """Probability that no statistic passes the bound."""
    scales, masses = _scales(degrees)
    common = _WIDEST * _NODES
    weight = _WIDEST * _NODE_WEIGHTS * np.exp(-(common**2) / 2) / math.sqrt(2 * math.pi)
    own = np.sqrt(1 - loads**2)[:, None, None]
    shift = loads[:, None, None] * common
    edge = bound * scales[:, None]
    chance = scipy.special.ndtr((edge - shift) / own)
    if sides == 2:
        chance = chance - scipy.special.ndtr((-edge - shift) / own)
    return float(masses @ (chance.prod(axis=0) @ weight))


def _scales(degrees: float) -> tuple[Matrix, Matrix]:
    """Nodes of the standard deviation over its true value, chi / sqrt(degrees)."""
    if math.isinf(degrees):
        return np.ones(1), np.ones(1)
    low, high = np.sqrt(scipy.special.chdtri(degrees, [1 - 1e-14, 1e-14]) / degrees)
    nodes = (low + high) / 2 + (high - low) / 2 * _NODES
    logs = (
        (degrees - 1) * np.log(nodes)
        - degrees * nodes**2 / 2
        + degrees / 2 * math.log(degrees / 2)
        + math.log(2)
        - scipy.special.gammaln(degrees / 2)
    )
    return nodes, (high - low) / 2 * _NODE_WEIGHTS * np.exp(logs)
