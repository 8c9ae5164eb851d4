"""Learns the score: ridge regression of log click rates, each test compared only with itself.

Within a test, weighted least squares of `log(clicks / shown)` on features and encoder numbers, the
test's own level taken out, weights `1 / (1 / clicks + 0.06)`: precise arms count more, and no arm
counts for more than what text can explain. Equal to a Bayesian linear model with a normal prior on
the coefficients; every arm is used, not only significant pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.ranking.features import measure_texts
from generation.ranking.scorer import Belief, Scorer, standardise
from generation.ranking.trials import Floats, Integers, Pairs, Trials, pairs_within

# Prior variances of the log rate between texts, chosen once by cross-validation over a coarse grid
# (docs/explanation/ranking.md); results hardly move within a factor of three.
FEATURES_VARIANCE = 0.01
WORDING_VARIANCE = 0.05
ALONE_VARIANCE = 0.03
UNEXPLAINED = 0.06
FOLDS = 5
# Until scores of unseen stories have said how far to trust a difference.
UNJUDGED = Belief(slope=1.0, spread=0.25)


@dataclass(frozen=True)
class Design:
    """Trials with what is known about each text."""

    trials: Trials
    features: Floats
    vectors: Floats

    def subset(self, keep: NDArray[np.bool_]) -> Design:
        return Design(self.trials.subset(keep), self.features[keep], self.vectors[keep])


def design(trials: Trials, vectors: NDArray[Any]) -> Design:
    return Design(trials, measure_texts(trials.texts), np.asarray(vectors, dtype=np.float64))


def fit(
    known: Design,
    *,
    belief: Belief = UNJUDGED,
    belief_alone: Belief = UNJUDGED,
    provenance: Mapping[str, Any] | None = None,
) -> Scorer:
    """Learn weights from trials whose traffic was split fairly."""
    fair = known.subset(known.trials.fair())
    centre, spread = fair.features.mean(0), fair.features.std(0)
    scale = np.where(spread > 1e-9, spread, 1.0)
    features = standardise(fair.features, centre, scale)
    wording_centre = fair.vectors.mean(0)
    vectors = fair.vectors - wording_centre
    narrow = np.full(features.shape[1], FEATURES_VARIANCE / features.shape[1])
    size = max(float(np.square(vectors).sum(1).mean()), 1e-9)
    wide = np.full(vectors.shape[1], WORDING_VARIANCE / size)
    both = _ridge(np.hstack([features, vectors]), np.concatenate([narrow, wide]), fair.trials)
    weights, wording = np.split(both, [features.shape[1]])
    return Scorer(
        centre=centre,
        scale=scale,
        weights=weights,
        shared=_shared(features, vectors @ wording),
        wording_centre=wording_centre,
        wording=wording,
        alone=_ridge(features, narrow * ALONE_VARIANCE / FEATURES_VARIANCE, fair.trials),
        belief=belief,
        belief_alone=belief_alone,
        provenance=provenance or {},
    )


def _ridge(columns: Floats, variances: Floats, trials: Trials) -> Floats:
    precision = 1 / (trials.noise + UNEXPLAINED)
    _, groups = np.unique(trials.groups, return_inverse=True)
    total = np.bincount(groups, precision)
    level = np.bincount(groups, precision * trials.log_rates) / total
    sums = np.zeros((len(total), columns.shape[1]))
    np.add.at(sums, groups, columns * precision[:, None])
    inside = columns - (sums / total[:, None])[groups]
    outcome = trials.log_rates - level[groups]
    weighted = inside * precision[:, None]
    normal = weighted.T @ inside + np.diag(1 / variances)
    return np.asarray(np.linalg.solve(normal, weighted.T @ outcome), dtype=np.float64)


def _shared(features: Floats, wording: Floats) -> Floats:
    """The wording's part that the features foretell (Frisch-Waugh), lightly damped."""
    gram = features.T @ features + 0.01 * len(features) * np.eye(features.shape[1])
    return np.asarray(np.linalg.solve(gram, features.T @ wording), dtype=np.float64)


def story_folds(stories: Integers, *, folds: int = FOLDS, seed: int = 0) -> Integers:
    """A fold for each arm; all arms of a story share theirs."""
    names, index = np.unique(stories, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    return (order % folds)[index]


def splits(stories: Integers, *, seed: int = 0) -> Iterator[NDArray[np.bool_]]:
    """For each fold, which arms are held out."""
    folds = story_folds(stories, seed=seed)
    for fold in range(FOLDS):
        yield folds == fold


@dataclass(frozen=True)
class OutOfFold:
    """Scores that no arm's own story had a hand in."""

    complete: Floats
    alone: Floats


def cross_fit(known: Design, *, seed: int = 0) -> OutOfFold:
    """Score every arm by a model that never saw its story."""
    complete, alone = np.zeros(len(known.features)), np.zeros(len(known.features))
    for held_out in splits(known.trials.stories, seed=seed):
        model = fit(known.subset(~held_out))
        part = known.subset(held_out)
        complete[held_out] = values(model, part)
        alone[held_out] = values(model, part, is_alone=True)
    return OutOfFold(complete, alone)


def values(model: Scorer, known: Design, *, is_alone: bool = False) -> Floats:
    """The scores as numbers, without their reasons."""
    features = standardise(known.features, model.centre, model.scale)
    if is_alone:
        return features @ model.alone
    return features @ model.weights + (known.vectors - model.wording_centre) @ model.wording


def calibrate(trials: Trials, scores: Floats) -> Belief:
    """How far to trust differences of out-of-fold scores: normal maximum likelihood over pairs."""
    from scipy.optimize import minimize

    pairs = pairs_within(trials)
    outcome, noise = _differences(trials, pairs)
    predicted = scores[pairs.first] - scores[pairs.second]

    def loss(point: Floats) -> float:
        variance = 2 * np.exp(2 * point[1]) + noise
        return float(np.mean(np.log(variance) + (outcome - point[0] * predicted) ** 2 / variance))

    found: Callable[..., Any] = minimize
    slope, log_spread = found(loss, np.array([1.0, np.log(0.2)]), method="Nelder-Mead").x
    return Belief(float(slope), float(np.exp(log_spread)))


def _differences(trials: Trials, pairs: Pairs) -> tuple[Floats, Floats]:
    outcome = trials.log_rates[pairs.first] - trials.log_rates[pairs.second]
    return outcome, trials.noise[pairs.first] + trials.noise[pairs.second]


def train(known: Design, *, provenance: Mapping[str, Any]) -> Scorer:
    """Learn weights and, out of fold, how far to trust them."""
    scores = cross_fit(known)
    return fit(
        known,
        belief=calibrate(known.trials, scores.complete),
        belief_alone=calibrate(known.trials, scores.alone),
        provenance=provenance,
    )
