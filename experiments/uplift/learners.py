"""Learners of heterogeneous effects: how much more each unit does because of an arm.

All have one shape: `fit` takes a trial and gives the effects as a function of features. Several
arms are each held against the control.

Sources: Kuenzel, Sekhon, Bickel and Yu (2019), PNAS 116 (S, T, X); Kennedy (2023), Electronic
Journal of Statistics 17 (DR); Jaskowski and Jaroszewicz (2012), ICML workshop (class
transformation).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.stats.errors import ArgumentImpossible
from experiments.uplift.bases import PENALTY, Base, Predict, default_base, fit_outcome
from experiments.uplift.crossfit import Effect, Learner, cross_fitted_outcomes
from experiments.uplift.scores import doubly_robust_scores
from experiments.uplift.trials import Arms, Column, Matrix, Trial

# Per standard deviation of a feature, by how much the log odds of either arm part from the mean of
# both: hardly at all, up to as freely as the features themselves.
PRODUCT_SPREADS = (0.02, 0.03, 0.055, 0.1, 0.3)
# The same in deviations of an outcome that is no yes or no.
MONEY_SCALE = 0.3
CHOOSING_FOLDS = 5
# More units than this say no more about which spread is best, and cost more.
CHOOSING_UNITS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SLearner:
    """One model of the outcome, with the arm among its features.

    A linear base gets the products of arm and features too: without them its effect would be the
    same for everyone. They are held back more than the rest, so that a difference between units has
    to earn its place; how far is chosen by the loss on units held out.

    Attributes:
        base: The outcome's model; None: a logit or ridge, as the outcome asks.
    """

    base: Base | None = None

    @property
    def name(self) -> str:
        return f"S-learner, {self.base or 'linear'}"

    def fit(self, trial: Trial, *, rng: np.random.Generator) -> Effect:
        base = self.base or default_base(trial.outcome)
        if base == "boosting":
            return _fit_joint(trial, base, None, rng=rng)
        return _fit_joint(trial, base, _choose_spread(trial, base, rng=rng), rng=rng)


def _choose_spread(trial: Trial, base: Base, *, rng: np.random.Generator) -> float:
    """The spread of products with the least loss on units that were held out.

    A logit's is chosen by its linear twin, in which a log odds of s is a mean of s p (1 - p), and
    so s sqrt(p (1 - p)) of the outcome's deviations.
    """
    rows = rng.permutation(trial.units)[:CHOOSING_UNITS]
    folds = np.arange(len(rows)) % CHOOSING_FOLDS
    scale = float(trial.outcome.std()) if base == "logit" else MONEY_SCALE
    losses = _ridge_losses(trial.part(rows), folds, [scale * one for one in PRODUCT_SPREADS])
    chosen = PRODUCT_SPREADS[int(np.argmin(losses))]
    return chosen if base == "logit" else MONEY_SCALE * chosen


def _ridge_losses(trial: Trial, folds: Arms, spreads: Sequence[float]) -> Column:
    """Squared loss of each spread, over units that were held out.

    All of it follows from each fold's products of columns: the units are read once, not once for
    each spread and fold.
    """
    table = _shown(trial.features - trial.features.mean(axis=0), trial, has_products=True)
    deviation = table.std(axis=0)
    x = (table - table.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    y = trial.outcome - trial.outcome.mean()
    parts = [folds == fold for fold in range(CHOOSING_FOLDS)]
    squares = np.stack([x[part].T @ x[part] for part in parts])
    products = np.stack([x[part].T @ y[part] for part in parts])
    losses = np.zeros(len(spreads))
    for place, spread in enumerate(spreads):
        scale = _spreads(trial, spread)
        for fold in range(CHOOSING_FOLDS):
            seen = squares.sum(axis=0) - squares[fold]
            wanted = products.sum(axis=0) - products[fold]
            penalised = seen * np.outer(scale, scale) + PENALTY * np.eye(len(scale))
            beta = scale * np.linalg.solve(penalised, scale * wanted)
            # Less the outcome's own square, which is the same for every spread.
            losses[place] += beta @ squares[fold] @ beta - 2 * beta @ products[fold]
    return losses


def _shown(centred: Matrix, trial: Trial, *, has_products: bool) -> Matrix:
    return _with_arm(centred, np.eye(trial.arms)[trial.treatment], has_products=has_products)


def _spreads(trial: Trial, spread: float) -> Column:
    """1 for features and arms, `spread` for their products."""
    own, arms = trial.features.shape[1], trial.arms - 1
    return np.append(np.ones(own + arms), np.full(own * arms, spread))


def _fit_joint(
    trial: Trial, base: Base, spread: float | None, *, rng: np.random.Generator
) -> Effect:
    predict = _joint_model(trial, np.arange(trial.units), base, spread, rng=rng)
    return lambda features: _against_first(
        [predict(features, np.full(len(features), arm)) for arm in range(trial.arms)]
    )


def _joint_model(
    trial: Trial, rows: Arms, base: Base, spread: float | None, *, rng: np.random.Generator
) -> Callable[[Matrix, Arms], Column]:
    """The outcome given features and arm; with a spread, of products of the two as well."""
    centre = trial.features[rows].mean(axis=0)

    def shown(features: Matrix, arms: Arms) -> Matrix:
        given = np.eye(trial.arms)[arms]
        return _with_arm(features - centre, given, has_products=spread is not None)

    table = shown(trial.features[rows], trial.treatment[rows])
    predict = fit_outcome(
        base,
        table,
        trial.outcome[rows],
        rng=rng,
        spread=None if spread is None else _spreads(trial, spread),
    )
    return lambda features, arms: predict(shown(features, arms))


@dataclass(frozen=True, slots=True, kw_only=True)
class TLearner:
    """A model of the outcome for each arm; the effect is their difference.

    Attributes:
        base: The outcome's model; None: a logit or ridge, as the outcome asks.
    """

    base: Base | None = None

    @property
    def name(self) -> str:
        return f"T-learner, {self.base or 'linear'}"

    def fit(self, trial: Trial, *, rng: np.random.Generator) -> Effect:
        predicts = outcome_models(trial, self.base, rng=rng)
        return lambda features: _against_first([predict(features) for predict in predicts])


@dataclass(frozen=True, slots=True, kw_only=True)
class XLearner:
    """Effects imputed with the other arm's model, learnt on each side, and weighed together.

    The treated units' model counts by the chance of control and the other way round.

    Attributes:
        base: The outcome's model; None: a logit or ridge, as the outcome asks.
        effect_base: The effect's model.
    """

    base: Base | None = None
    effect_base: Base = "ridge"

    @property
    def name(self) -> str:
        return f"X-learner, {self.base or 'linear'} and {self.effect_base}"

    def fit(self, trial: Trial, *, rng: np.random.Generator) -> Effect:
        return _each_arm(trial, lambda pair: self._fit_pair(pair, rng=rng))

    def _fit_pair(self, pair: Trial, *, rng: np.random.Generator) -> Predict:
        control, treated = outcome_models(pair, self.base, rng=rng)
        is_treated = pair.treatment == 1
        gained = pair.outcome[is_treated] - control(pair.features[is_treated])
        missed = treated(pair.features[~is_treated]) - pair.outcome[~is_treated]
        of_treated = fit_outcome(self.effect_base, pair.features[is_treated], gained, rng=rng)
        of_control = fit_outcome(self.effect_base, pair.features[~is_treated], missed, rng=rng)
        # Of units to come the chances are not known; of a randomised trial the mean will do.
        chance = float(pair.propensity[:, 1].mean())
        return lambda features: chance * of_control(features) + (1 - chance) * of_treated(features)


@dataclass(frozen=True, slots=True, kw_only=True)
class DRLearner:
    """Doubly robust scores, regressed on the features.

    With known chances a score is unbiased for the unit's effect whatever the outcome's models are
    worth; they only take variance out of it.

    Attributes:
        base: The outcome's model; None: a logit or ridge, as the outcome asks.
        effect_base: The effect's model.
        folds: Of the cross-fitting of the scores.
    """

    base: Base | None = None
    effect_base: Base = "ridge"
    folds: int = 4

    @property
    def name(self) -> str:
        return f"DR-learner, {self.base or 'linear'} and {self.effect_base}"

    def fit(self, trial: Trial, *, rng: np.random.Generator) -> Effect:
        expected = cross_fitted_outcomes(trial, base=self.base, folds=self.folds, rng=rng)
        scores = doubly_robust_scores(trial, expected)
        predicts = [
            fit_outcome(self.effect_base, trial.features, scores[:, arm] - scores[:, 0], rng=rng)
            for arm in range(1, trial.arms)
        ]
        return lambda features: np.stack([predict(features) for predict in predicts], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTransformation:
    """One classifier of z = "treated and did, or control and did not": the effect is 2 P(z) - 1.

    Units are weighed by 1 / the chance of the arm they got, so that both arms weigh the same.

    Attributes:
        base: "logit" or "boosting".

    Raises:
        ArgumentImpossible: On fitting, of an outcome that is not 0 or 1.
    """

    base: Base = "logit"

    @property
    def name(self) -> str:
        return f"class transformation, {self.base}"

    def fit(self, trial: Trial, *, rng: np.random.Generator) -> Effect:
        if not trial.is_binary:
            raise ArgumentImpossible("class transformation takes outcomes of 0 and 1")
        return _each_arm(trial, lambda pair: self._fit_pair(pair, rng=rng))

    def _fit_pair(self, pair: Trial, *, rng: np.random.Generator) -> Predict:
        agrees = (pair.treatment == pair.outcome).astype(np.float64)
        weights = 1 / (2 * pair.chance)
        predict = fit_outcome(self.base, pair.features, agrees, rng=rng, weights=weights)
        return lambda features: 2 * predict(features) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """The mean of several learners' effects.

    Attributes:
        learners: One or more.
    """

    learners: Sequence[Learner]

    @property
    def name(self) -> str:
        return f"mean of {len(self.learners)} learners"

    def fit(self, trial: Trial, *, rng: np.random.Generator) -> Effect:
        effects = [learner.fit(trial, rng=rng) for learner in self.learners]
        return lambda features: np.mean([effect(features) for effect in effects], axis=0)


def outcome_models(
    trial: Trial, base: Base | None, *, rng: np.random.Generator
) -> tuple[Predict, ...]:
    """A model of the outcome for each arm, the control's first.

    Args:
        trial: Every arm has units.
        base: None: a logit or ridge, as the outcome asks.
        rng: Draws what the models leave to chance.
    """
    chosen = base or default_base(trial.outcome)
    rows = [trial.treatment == arm for arm in range(trial.arms)]
    return tuple(
        fit_outcome(chosen, trial.features[here], trial.outcome[here], rng=rng) for here in rows
    )


def _with_arm(features: Matrix, given: Matrix, *, has_products: bool) -> Matrix:
    if not has_products:
        return np.hstack([features, given])
    # Centred, so that neither arm is the one the penalty favours.
    codes = given[:, 1:] - 0.5
    products = [features * codes[:, [arm]] for arm in range(codes.shape[1])]
    return np.hstack([features, codes, *products])


def _against_first(outcomes: Sequence[Matrix]) -> Matrix:
    return np.stack([outcome - outcomes[0] for outcome in outcomes[1:]], axis=1)


def _each_arm(trial: Trial, fit_pair: Callable[[Trial], Predict]) -> Effect:
    predicts = [fit_pair(trial.against_control(arm)) for arm in range(1, trial.arms)]
    return lambda features: np.stack([predict(features) for predict in predicts], axis=1)
