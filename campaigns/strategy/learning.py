"""From a finished experiment to what each of its arms earns with whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from campaigns.strategy.actions import Action, Column, Matrix, Places
from campaigns.strategy.fairness import Attribute
from experiments.uplift import (
    Heterogeneity,
    Learner,
    Trial,
    cross_fitted_effects,
    cross_fitted_outcomes,
    doubly_robust_scores,
    draw_folds,
    find_heterogeneity,
)
from experiments.uplift.learners import outcome_models

FOLDS = 5
TEST_DRAWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A finished experiment, with what its arms are to the shop.

    Attributes:
        name: For people.
        trial: Its units; the outcome is what each paid afterwards, in the shop's currency.
        baseline: What the control got; its key and name are not used.
        actions: What the other arms got, in their order.
        attributes: Protected attributes of its units: for reports, never for models.
    """

    name: str
    trial: Trial
    baseline: Action
    actions: tuple[Action, ...]
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What one experiment taught; profit is against what the control got.

    Attributes:
        source: The experiment.
        heterogeneity: Of each action: whether its profit differs between people.
        own_profit: Shape (units, actions): of its own units, by models that did not see them.
        own_cost: Shape (units, actions): what it takes from a budget, likewise.
        gains: Shape (units, actions): doubly robust scores of the profit, by unit.
        profit: From features to profit, shape (contacts, actions).
        cost: From features to what it takes from a budget, shape (contacts, actions).
    """

    source: Source
    heterogeneity: tuple[Heterogeneity, ...]
    own_profit: Matrix
    own_cost: Matrix
    gains: Matrix
    profit: Callable[[Matrix], Matrix]
    cost: Callable[[Matrix], Matrix]

    @property
    def is_personal(self) -> bool:
        """Whether any action was shown to earn more with some people than with others."""
        return any(found.is_found for found in self.heterogeneity)


def learn(source: Source, learner: Learner, *, rng: np.random.Generator) -> Learnt:
    """Learn profits from an experiment.

    An action whose effect was not shown to differ between people gets its average profit for
    everyone: a ranking by noise would only look personal.

    Args:
        source: The experiment.
        learner: Of the profit.
        rng: Draws folds, and what models leave to chance.
    """
    trial, profits = source.trial, _profits(source)
    found = find_heterogeneity(learner, profits, rng=rng, repeats=TEST_DRAWS)
    folds = draw_folds(profits, folds=FOLDS, rng=rng)
    scores = doubly_robust_scores(profits, cross_fitted_outcomes(profits, folds=folds, rng=rng))
    is_flat = np.array([not one.is_found for one in found])
    own_paid = cross_fitted_outcomes(trial, folds=folds, rng=rng)[:, 1:]
    return Learnt(
        source=source,
        heterogeneity=found,
        own_profit=_flattened(
            cross_fitted_effects(learner, profits, folds, rng=rng),
            _averages_of_other_folds(profits, folds),
            is_flat,
        ),
        own_cost=_costs(source, _flattened(own_paid, own_paid.mean(axis=0), is_flat)),
        gains=scores[:, 1:] - scores[:, :1],
        profit=_profit_model(learner, profits, is_flat, rng=rng),
        cost=_cost_model(source, is_flat, rng=rng),
    )


def average_effects(trial: Trial) -> Column:
    """Each arm's mean outcome minus the control's, units weighed by 1 / their chance.

    >>> trial = Trial.drawn_with([0.5, 0.5], [[0]] * 4, [0, 1, 0, 1], [1, 4, 3, 6])
    >>> average_effects(trial).tolist()
    [3.0]
    """
    weights = 1 / trial.chance
    sums = np.bincount(trial.treatment, weights * trial.outcome, minlength=trial.arms)
    means = sums / np.bincount(trial.treatment, weights, minlength=trial.arms)
    return np.asarray(means[1:] - means[0])


def _profits(source: Source) -> Trial:
    """The same trial with profit as its outcome: each arm keeps its own part of what is paid."""
    trial = source.trial
    arms: Sequence[Action] = (source.baseline, *source.actions)
    profit = np.empty(trial.units)
    for arm, action in enumerate(arms):
        rows = trial.treatment == arm
        profit[rows] = action.profit(trial.outcome[rows])
    return Trial(
        features=trial.features,
        treatment=trial.treatment,
        outcome=profit,
        propensity=trial.propensity,
    )


def _costs(source: Source, paid: Matrix) -> Matrix:
    """What actions take from a budget; a message that is sent anyway takes nothing."""
    sent_anyway = source.baseline.contact_cost
    costs = [action.cost(paid[:, place]) for place, action in enumerate(source.actions)]
    return np.maximum(np.stack(costs, axis=1) - sent_anyway, 0)


def _averages_of_other_folds(trial: Trial, folds: Places) -> Matrix:
    averages = np.stack(
        [average_effects(trial.part(folds != fold)) for fold in range(int(folds.max()) + 1)]
    )
    return np.asarray(averages[folds])


def _flattened(personal: Matrix, average: Matrix, is_flat: np.ndarray) -> Matrix:
    return np.where(is_flat, average, personal)


def _profit_model(
    learner: Learner, profits: Trial, is_flat: np.ndarray, *, rng: np.random.Generator
) -> Callable[[Matrix], Matrix]:
    average = average_effects(profits)
    if is_flat.all():
        return lambda features: np.broadcast_to(average, (len(features), len(average)))
    effect = learner.fit(profits, rng=rng)
    return lambda features: _flattened(effect(features), average, is_flat)


def _cost_model(
    source: Source, is_flat: np.ndarray, *, rng: np.random.Generator
) -> Callable[[Matrix], Matrix]:
    models = outcome_models(source.trial, None, rng=rng)[1:]

    def cost(features: Matrix) -> Matrix:
        paid = np.stack([model(features) for model in models], axis=1)
        return _costs(source, _flattened(paid, paid.mean(axis=0), is_flat))

    return cost
