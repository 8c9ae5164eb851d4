"""`manage.py eval_audience --only uplift`: learners of effects on the Hillstrom e-mail test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import DomainError
from core.evaluation import Figure, Section
from experiments.uplift import hillstrom
from experiments.uplift.choices import DEFAULT_LEARNER, LEARNERS, T_LOGITS
from experiments.uplift.crossfit import (
    Learner,
    cross_fitted_effects,
    cross_fitted_outcomes,
    draw_folds,
)
from experiments.uplift.estimates import Estimate
from experiments.uplift.heterogeneity import Heterogeneity, find_heterogeneity
from experiments.uplift.policies import policy_gain, policy_value, same_for_all, treat_first
from experiments.uplift.ranking import compare_qini, qini, rank_quality
from experiments.uplift.scores import doubly_robust_scores
from experiments.uplift.trials import Column, Matrix, Trial

SEED = 20081
FOLDS = 5
REPEATS = 3
DRAWS = 300
SHARE = 0.3
FITS = (
    "women's e-mail against none, outcome: visit within two weeks; linear models on recency, "
    "history, mens, womens, newbie, zip code and channel"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """Units to judge on, every learner's effects on them, and their scores."""

    trial: Trial
    effects: Mapping[str, Column]
    scores: Matrix
    how: str


def sections(train: Path, test: Path | None) -> Iterator[Section]:
    """Rankings, the plan's value and the test of heterogeneity.

    Args:
        train: Folder with `hillstrom/hillstrom.csv.gz`.
        test: Folder of the same shape to judge on; without it, or without the file in it, learning
            and judging are cross-fitted on `train`.

    Raises:
        DomainError: `train` has no such file.
    """
    learnt = _read(train)
    has_test = test is not None and (test / hillstrom.FILE).exists()
    judged = _on_test(learnt, _read(test)) if test and has_test else _cross_fitted(learnt)
    yield _rankings(judged)
    yield _values(judged)
    yield _differs(learnt)
    yield _elsewhere(train)


def _read(folder: Path) -> Trial:
    try:
        return hillstrom.read_trial(folder)
    except FileNotFoundError:
        raise DomainError(
            f"uplift needs {hillstrom.FILE} below {folder}: copy the Hillstrom data there"
        ) from None


def _cross_fitted(trial: Trial) -> _Judged:
    rng = np.random.default_rng(SEED)
    drawn = [draw_folds(trial, folds=FOLDS, rng=rng) for _ in range(REPEATS)]
    effects = {
        one.name: np.mean(
            [cross_fitted_effects(one, trial, folds, rng=rng)[:, 0] for folds in drawn], axis=0
        )
        for one in LEARNERS
    }
    expected = [cross_fitted_outcomes(trial, folds=folds, rng=rng) for folds in drawn]
    return _Judged(
        trial=trial,
        effects=effects,
        scores=doubly_robust_scores(trial, np.mean(expected, axis=0)),
        how=f"{FOLDS} folds, drawn {REPEATS} times, the same for every learner, on "
        f"{trial.units:,} customers: {FITS}.",
    )


def _on_test(learnt: Trial, trial: Trial) -> _Judged:
    rng = np.random.default_rng(SEED)
    return _Judged(
        trial=trial,
        effects={one.name: one.fit(learnt, rng=rng)(trial.features)[:, 0] for one in LEARNERS},
        scores=doubly_robust_scores(trial, cross_fitted_outcomes(trial, rng=rng)),
        how=f"Learnt on {learnt.units:,} customers, judged on {trial.units:,} others: {FITS}.",
    )


def _rankings(judged: _Judged) -> Section:
    base = qini(judged.trial, judged.effects[T_LOGITS.name])
    figures = [figure for one in LEARNERS for figure in _learner_figures(judged, one, base)]
    return Section(
        "Uplift: who does more because of the e-mail",
        f"{judged.how} Qini is the area between the curve and a random order's, as a share of what "
        "e-mailing everyone gains; intervals are of the bootstrap over customers.",
        figures,
    )


def _learner_figures(judged: _Judged, learner: Learner, base: float) -> Iterator[Figure]:
    effect = judged.effects[learner.name]
    rng = np.random.default_rng(SEED)
    quality = rank_quality(judged.trial, effect, rng=rng, draws=DRAWS)
    is_ours = learner.name == DEFAULT_LEARNER.name
    yield _figure(
        f"Qini, {learner.name}",
        quality.qini,
        least=base if is_ours else None,
        note="what a plan uses; held against the T-learner" if is_ours else "",
    )
    if is_ours:
        yield _figure("AUUC, visits per customer", quality.auuc)
        for share, found in quality.uplift_at.items():
            yield _figure(f"Effect among the first {share:.0%}", found)
        yield _figure(
            "Qini minus the T-learner's",
            compare_qini(
                judged.trial,
                effect,
                judged.effects[T_LOGITS.name],
                rng=np.random.default_rng(SEED),
                draws=DRAWS,
            ),
            note="paired: the same customers drawn for both",
        )


def _values(judged: _Judged) -> Section:
    effect, units = judged.effects[DEFAULT_LEARNER.name], judged.trial.units
    plan = treat_first(effect, SHARE)
    at_random = same_for_all(units, np.array([1 - SHARE, SHARE]))
    nobody, everyone = (same_for_all(units, np.eye(2)[arm]) for arm in (0, 1))
    value = {
        f"Visits per customer, {SHARE:.0%} chosen by the plan": plan,
        f"Visits per customer, {SHARE:.0%} at random": at_random,
        "Visits per customer, everyone e-mailed": everyone,
        "Visits per customer, nobody e-mailed": nobody,
    }
    gains = {
        f"Plan minus random {SHARE:.0%}": (plan, at_random),
        "Plan minus nobody": (plan, nobody),
        "Plan minus everyone": (plan, everyone),
    }
    return Section(
        f"The plan's value with {SHARE:.0%} contacted",
        "Doubly robust with the known chance of one half; choice and expected outcomes are by "
        "models that did not see the customer.",
        [
            *(_figure(name, policy_value(judged.scores, one)) for name, one in value.items()),
            *(_figure(name, policy_gain(judged.scores, *pair)) for name, pair in gains.items()),
        ],
    )


def _elsewhere(folder: Path) -> Section:
    """The default learner beside the T-learner on the e-mail that nothing was chosen on."""
    trial = hillstrom.read_trial(folder, arm=hillstrom.MENS)
    rng = np.random.default_rng(SEED)
    drawn = draw_folds(trial, folds=FOLDS, rng=rng)
    ours, theirs = (
        cross_fitted_effects(one, trial, drawn, rng=rng)[:, 0]
        for one in (DEFAULT_LEARNER, T_LOGITS)
    )
    chance = np.random.default_rng(SEED)
    found = rank_quality(trial, ours, rng=chance, draws=DRAWS).qini
    apart = compare_qini(trial, ours, theirs, rng=np.random.default_rng(SEED), draws=DRAWS)
    return Section(
        "Uplift, where nothing was chosen: men's e-mail against none",
        f"The S-learner's design was chosen on women's e-mail; {FOLDS} folds drawn once on "
        f"{trial.units:,} customers, those without an e-mail among them the same as there.",
        [
            _figure(f"Qini, men's e-mail, {DEFAULT_LEARNER.name}", found),
            Figure(f"Qini, men's e-mail, {T_LOGITS.name}", qini(trial, theirs)),
            _figure("Qini minus the T-learner's, men's e-mail", apart, note="paired"),
        ],
    )


def _differs(trial: Trial) -> Section:
    (found,) = find_heterogeneity(DEFAULT_LEARNER, trial, rng=np.random.default_rng(SEED))
    return Section(
        "Does the e-mail's effect differ between customers?",
        "Scores regressed on effects that were learnt on earlier folds; of five draws the median, "
        f"with twice the p-value: heterogeneity is {'found' if found.is_found else 'not found'}.",
        list(_differing(found)),
    )


def _differing(found: Heterogeneity) -> Iterator[Figure]:
    yield _figure("Average effect", found.average)
    yield _figure("Slope of true on predicted effects", found.slope, note="1 is calibrated")
    yield Figure("p-value of no difference", found.p_value)
    for place, group in enumerate(found.groups, start=1):
        yield _figure(f"Effect in fifth {place}, by predicted effect", group)


def _figure(name: str, found: Estimate, *, least: float | None = None, note: str = "") -> Figure:
    return Figure(name, found.value, found.low, found.high, least=least, note=note)
