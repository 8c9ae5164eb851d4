"""Does the effect truly differ between units, or is the model's spread only noise?

A unit's effect comes from a model that learnt from earlier folds only, and the unit's doubly robust
score is regressed on it. A slope of 0 means that the ranking tells nothing; 1 that effects are as
large as the model says. The order of the folds is drawn several times, and the median slope counts
with twice the median p-value, so that no lucky draw decides.

Earlier folds, because in ordinary cross-fitting each pair of units is judged twice, once by the
other's model: where there is nothing to find, the slope's error is then larger than it looks by the
root of two, and noise is found in 10 of 100 trials instead of 5. Going forward every pair counts
once, and the sum is a martingale.

Sources: Chernozhukov, Demirer, Duflo and Fernandez-Val (2025), Econometrica 93 (best linear
predictor, sorted group effects, medians over splits); Luedtke and van der Laan (2016), Annals of
Statistics 44 (learning on what came before).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.stats.multiplicity import holm
from experiments.uplift.crossfit import Learner, cross_fitted_outcomes, draw_folds
from experiments.uplift.estimates import Estimate, mean_estimate, normal_estimate
from experiments.uplift.scores import doubly_robust_scores
from experiments.uplift.trials import Arms, Column, Matrix, Trial

REPEATS = 5
GROUPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity:
    """Whether one arm's effect differs between units.

    Attributes:
        arm: Which arm, 1 or more.
        average: The arm's average effect.
        slope: Of the scores on the effects.
        p_value: Of a slope of 0 or below: twice the median over the draws, adjusted for the number
            of arms, at most 1.
        groups: Effects of equal groups of units, those with the smallest effects first.
        is_found: The p-value is below 1 - confidence.
    """

    arm: int
    average: Estimate
    slope: Estimate
    p_value: float
    groups: Sequence[Estimate]
    is_found: bool


def find_heterogeneity(
    learner: Learner,
    trial: Trial,
    *,
    rng: np.random.Generator,
    folds: int = 5,
    repeats: int = REPEATS,
    groups: int = GROUPS,
    confidence: float = 0.95,
) -> tuple[Heterogeneity, ...]:
    """Test of each arm whether its effect differs between units, and by how much between groups.

    Args:
        learner: Fitted `folds` - 1 times for each of `repeats`.
        trial: The units.
        rng: Draws folds, and what models leave to chance.
        folds: Of each draw; the first is only learnt from.
        repeats: How many draws.
        groups: How many equal groups.
        confidence: Of intervals; one minus it is the level of the tests, together (Holm).

    Returns:
        One for each arm but the control.
    """
    draws = [_forward(learner, trial, folds=folds, rng=rng) for _ in range(repeats)]
    arms = range(1, trial.arms)
    slopes = [[_slope(draw, arm) for draw in draws] for arm in arms]
    doubled = [2 * float(np.median([_one_sided(*one) for one in each])) for each in slopes]
    adjusted = holm([min(1.0, p_value) for p_value in doubled])
    return tuple(
        _finding(draws, arm, each, p_value, groups=groups, confidence=confidence)
        for arm, each, p_value in zip(arms, slopes, adjusted, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Draw:
    """Effects by models of earlier folds, scores, and folds, of the units after the first fold."""

    effects: Matrix
    scores: Matrix
    folds: Arms


def _forward(learner: Learner, trial: Trial, *, folds: int, rng: np.random.Generator) -> _Draw:
    drawn = draw_folds(trial, folds=folds, rng=rng)
    scores = doubly_robust_scores(trial, cross_fitted_outcomes(trial, folds=drawn, rng=rng))
    effects = np.empty((trial.units, trial.arms - 1))
    for fold in range(1, folds):
        here = drawn == fold
        effects[here] = learner.fit(trial.part(drawn < fold), rng=rng)(trial.features[here])
    judged = drawn > 0
    return _Draw(effects[judged], scores[judged], drawn[judged] - 1)


def _slope(draw: _Draw, arm: int) -> tuple[float, float]:
    return calibration(draw.effects[:, arm - 1], _gain(draw, arm), draw.folds)


def _gain(draw: _Draw, arm: int) -> Column:
    return draw.scores[:, arm] - draw.scores[:, 0]


def _finding(
    draws: Sequence[_Draw],
    arm: int,
    slopes: Sequence[tuple[float, float]],
    p_value: float,
    *,
    groups: int,
    confidence: float,
) -> Heterogeneity:
    # The draw in the middle stands for all: its slope, and the groups of its units.
    middle = sorted(range(len(draws)), key=lambda place: slopes[place][0])[len(draws) // 2]
    gain = _gain(draws[middle], arm)
    return Heterogeneity(
        arm=arm,
        average=mean_estimate(gain, confidence=confidence),
        slope=normal_estimate(*slopes[middle], confidence=confidence),
        p_value=p_value,
        groups=_group_effects(draws[middle].effects[:, arm - 1], gain, groups, confidence),
        is_found=p_value < 1 - confidence,
    )


def calibration(effect: Column, gain: Column, folds: Arms) -> tuple[float, float]:
    """Slope of gains on effects, within folds, and its error (HC0).

    Effects are centred within each fold: the folds' models differ in level, which says nothing
    about units.

    Args:
        effect: Shape (units,): by models that did not see the unit.
        gain: Shape (units,): the unit's score under the arm minus its score under control.
        folds: Shape (units,).

    Returns:
        Slope and standard error; 0 and infinity where the effects do not differ at all.

    >>> slope, error = calibration(np.arange(4.0), 2 * np.arange(4.0), np.zeros(4, dtype=int))
    >>> slope
    2.0
    """
    sizes = np.bincount(folds)
    x = effect - (np.bincount(folds, effect) / sizes)[folds]
    y = gain - (np.bincount(folds, gain) / sizes)[folds]
    spread = float(x @ x)
    if spread <= 1e-18 * len(x):
        return 0.0, math.inf
    slope = float(x @ y) / spread
    residuals = y - slope * x
    return slope, math.sqrt(float(np.square(x * residuals).sum())) / spread


def _one_sided(slope: float, error: float) -> float:
    if not error:
        return 0.0 if slope > 0 else 1.0
    return 0.5 * math.erfc(slope / error / math.sqrt(2))


def _group_effects(
    effect: Column, gain: Column, groups: int, confidence: float
) -> tuple[Estimate, ...]:
    parts = np.array_split(np.argsort(effect, kind="stable"), groups)
    return tuple(mean_estimate(gain[part], confidence=confidence) for part in parts)
