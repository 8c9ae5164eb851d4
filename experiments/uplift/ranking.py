r"""How well an effect ranks units: Qini, AUUC, uplift at a share, with intervals.

Units stand in the order of their effects, largest first; phi is the share of them that is reached.
With R the outcomes and N the number of units reached so far, treated (t) and control (c):

    Qini curve        q(phi) = R_t - R_c N_t / N_c      (outcomes gained among the treated)
    Qini coefficient  Q = (integral of q from 0 to 1) / q(1) - 1/2
    gain curve        g(phi) = phi (R_t / N_t - R_c / N_c)     (outcomes gained per unit of all)
    AUUC              integral of g from 0 to 1
    uplift at k       R_t / N_t - R_c / N_c at phi = k

Q is the area between the curve and the straight line of a random order, as a share of what treating
everyone gains: 0 for a random order. It says nothing where everyone gains nothing. Units that share
an effect are reached together, and in between all is linear. Where chances differ between units,
each counts by 1 / its chance. Intervals are of the bootstrap over units; they hold for the effects
as given, not for what another fit would have made of them.

Sources: Radcliffe (2007), Direct Marketing Analytics Journal; Gutierrez and Gerardy (2017),
PMLR 67.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.stats.errors import ArgumentImpossible, BaselineNotPositive
from experiments.uplift.estimates import Estimate, drawn_estimate
from experiments.uplift.trials import Column, Matrix, Trial

SHARES = (0.1, 0.2, 0.3)
DRAWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well an effect ranks.

    Attributes:
        qini: The Qini coefficient.
        auuc: Area under the gain curve, in the outcome's unit.
        uplift_at: Effect among the first units, by the share of them.
    """

    qini: Estimate
    auuc: Estimate
    uplift_at: Mapping[float, Estimate]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Columns of units in the order of an effect: 1 / chance and outcome / chance by side."""

    columns: Matrix
    ends: np.ndarray
    order: np.ndarray


def qini(trial: Trial, effect: Column) -> float:
    """The Qini coefficient.

    Args:
        trial: Units of two arms.
        effect: Shape (units,): what the units are ranked by.

    Raises:
        ArgumentImpossible: There are more than two arms, or not one effect for each unit.
        BaselineNotPositive: Treating everyone gains nothing, so there is no share of it.

    >>> trial = Trial.drawn_with([.5, .5], [[0]] * 8, [0, 1] * 4, [0, 1, 0, 1, 1, 1, 0, 0])
    >>> round(qini(trial, np.array([4, 4, 3, 3, 2, 2, 1, 1])), 6)
    0.25
    """
    return _qini(*_cumulated(_ranked(trial, effect)))


def auuc(trial: Trial, effect: Column) -> float:
    """Area under the gain curve, in outcomes per unit.

    >>> trial = Trial.drawn_with([.5, .5], [[0]] * 8, [0, 1] * 4, [0, 1, 0, 1, 1, 1, 0, 0])
    >>> auuc(trial, np.array([4, 4, 3, 3, 2, 2, 1, 1]))
    0.375
    """
    return _auuc(*_cumulated(_ranked(trial, effect)))


def uplift_at(trial: Trial, effect: Column, share: float) -> float:
    """The effect among the first `share` of the units, 0 < share <= 1.

    >>> trial = Trial.drawn_with([.5, .5], [[0]] * 8, [0, 1] * 4, [0, 1, 0, 1, 1, 1, 0, 0])
    >>> uplift_at(trial, np.array([4, 4, 3, 3, 2, 2, 1, 1]), 0.5)
    1.0
    """
    return _uplift_at(*_cumulated(_ranked(trial, effect)), share)


def gain_curve(trial: Trial, effect: Column, *, points: int = 101) -> tuple[Column, Column]:
    """The gain curve at evenly spaced shares, for a picture: shares and gains per unit."""
    shares, sums = _cumulated(_ranked(trial, effect))
    at = np.linspace(0, 1, points)
    return at, np.interp(at, shares, shares * _rate_difference(sums))


def rank_quality(
    trial: Trial,
    effect: Column,
    *,
    rng: np.random.Generator,
    shares: Sequence[float] = SHARES,
    draws: int = DRAWS,
    confidence: float = 0.95,
) -> Quality:
    """All three measures, with bootstrap intervals.

    Args:
        trial: Units of two arms.
        effect: Shape (units,).
        rng: Draws the bootstrap.
        shares: Of the units, for the uplift at them.
        draws: Of the bootstrap.
        confidence: Of the intervals.

    Raises:
        ArgumentImpossible: There are more than two arms, or a share means nothing.
        BaselineNotPositive: Treating everyone gains nothing.
    """
    if not all(0 < share <= 1 for share in shares):
        raise ArgumentImpossible("shares must lie above 0 and at most at 1")
    ranked = _ranked(trial, effect)
    exact = _measures(*_cumulated(ranked), shares)
    drawn = np.array(
        [
            _measures(*_cumulated(ranked, counts), shares)
            for counts in _resamples(trial, rng=rng, draws=draws)
        ]
    )
    found = [
        drawn_estimate(value, drawn[:, at], confidence=confidence) for at, value in enumerate(exact)
    ]
    return Quality(
        qini=found[0], auuc=found[1], uplift_at=dict(zip(shares, found[2:], strict=True))
    )


def compare_qini(
    trial: Trial,
    effect: Column,
    other: Column,
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    confidence: float = 0.95,
) -> Estimate:
    """The Qini coefficient of one effect minus another's, on the same units.

    Both are drawn on the same resamples, so that what they share cancels out.

    Raises:
        ArgumentImpossible: There are more than two arms.
        BaselineNotPositive: Treating everyone gains nothing.
    """
    one, two = _ranked(trial, effect), _ranked(trial, other)
    exact = _qini(*_cumulated(one)) - _qini(*_cumulated(two))
    drawn = [
        _qini(*_cumulated(one, counts)) - _qini(*_cumulated(two, counts))
        for counts in _resamples(trial, rng=rng, draws=draws)
    ]
    return drawn_estimate(exact, np.array(drawn), confidence=confidence)


def _resamples(trial: Trial, *, rng: np.random.Generator, draws: int) -> Iterator[Column]:
    """How often each unit is drawn, time and again; arms keep their sizes."""
    sides = [np.flatnonzero(trial.treatment == arm) for arm in (0, 1)]
    for _ in range(draws):
        counts = np.zeros(trial.units)
        for side in sides:
            drawn = rng.integers(len(side), size=len(side))
            counts[side] = np.bincount(drawn, minlength=len(side))
        yield counts


def _ranked(trial: Trial, effect: Column) -> _Ranked:
    if trial.arms != 2:
        raise ArgumentImpossible("ranking is judged for one arm against the control")
    if np.shape(effect) != (trial.units,):
        raise ArgumentImpossible("there must be one effect for each unit")
    order = np.argsort(-np.asarray(effect), kind="stable")
    ranked = np.asarray(effect)[order]
    ends = np.append(np.flatnonzero(np.diff(ranked)), trial.units - 1)
    weights = 1 / trial.chance[order]
    treated = trial.treatment[order] == 1
    outcome = trial.outcome[order] * weights
    columns = [
        np.ones(trial.units),
        weights * treated,
        weights * ~treated,
        outcome * treated,
        outcome * ~treated,
    ]
    return _Ranked(columns=np.stack(columns), ends=ends, order=order)


def _cumulated(ranked: _Ranked, counts: Column | None = None) -> tuple[Column, Matrix]:
    """Shares reached, and N_t, N_c, R_t, R_c so far, at the end of each run of equal effects."""
    columns = ranked.columns if counts is None else ranked.columns * counts[ranked.order]
    sums = np.cumsum(columns, axis=1)[:, ranked.ends]
    sums = np.hstack([np.zeros((5, 1)), sums])
    return sums[0] / sums[0, -1], sums[1:]


def _measures(shares: Column, sums: Matrix, at: Sequence[float]) -> list[float]:
    return [
        _qini(shares, sums),
        _auuc(shares, sums),
        *(_uplift_at(shares, sums, share) for share in at),
    ]


def _qini(shares: Column, sums: Matrix) -> float:
    treated, control, gained, base = sums
    curve = gained - base * np.divide(
        treated, control, out=np.zeros_like(treated), where=control > 0
    )
    if curve[-1] == 0:
        raise BaselineNotPositive("treating everyone gains nothing: there is no Qini coefficient")
    return float(np.trapezoid(curve, shares) / curve[-1] - 0.5)


def _auuc(shares: Column, sums: Matrix) -> float:
    return float(np.trapezoid(shares * _rate_difference(sums), shares))


def _uplift_at(shares: Column, sums: Matrix, share: float) -> float:
    at = np.array([[np.interp(share, shares, row)] for row in sums])
    return float(_rate_difference(at)[0])


def _rate_difference(sums: Matrix) -> Column:
    """0 where a side has nobody yet."""
    treated, control, gained, base = sums
    rates = [
        np.divide(total, count, out=np.zeros_like(count), where=count > 0)
        for total, count in ((gained, treated), (base, control))
    ]
    return np.where((treated > 0) & (control > 0), rates[0] - rates[1], 0.0)
