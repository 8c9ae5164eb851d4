"""Every arm against control on one metric: what can be said, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from experiments import stats
from experiments.outcomes import Outcome

CONVERSION = "conversion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    difference: stats.Difference | None = None
    lift: stats.Lift | None = None
    belief: stats.Belief | None = None
    p_adjusted: float | None = None
    error: str | None = None


Comparisons = Mapping[str, Comparison]


def compare_arms(
    outcomes: Mapping[str, Outcome],
    *,
    control: str,
    kind: str,
    confidence: float,
    is_lower_better: bool,
) -> dict[str, Comparison]:
    """Compare each arm but control; p-values are not adjusted yet."""
    beliefs = _beliefs(outcomes, control=control, kind=kind, is_lower_better=is_lower_better)
    return {
        arm: replace(
            _compare(outcomes[control], outcome, kind=kind, confidence=confidence),
            belief=beliefs.get(arm),
        )
        for arm, outcome in outcomes.items()
        if arm != control
    }


def adjust(family: Sequence[Comparisons]) -> list[dict[str, Comparison]]:
    """Holm's adjustment over all comparisons of the tables given: they are one family."""
    places = [
        (index, arm)
        for index, table in enumerate(family)
        for arm, comparison in table.items()
        if comparison.difference is not None
    ]
    p_values = [
        comparison.difference.p_value
        for table in family
        for comparison in table.values()
        if comparison.difference is not None
    ]
    adjusted = [dict(table) for table in family]
    for (index, arm), p in zip(places, stats.holm(p_values), strict=True):
        adjusted[index][arm] = replace(adjusted[index][arm], p_adjusted=p)
    return adjusted


def _compare(control: Outcome, treatment: Outcome, *, kind: str, confidence: float) -> Comparison:
    try:
        difference = _difference(control, treatment, kind=kind, confidence=confidence)
    except stats.StatsError as unknown:
        return Comparison(error=str(unknown))
    try:
        lift = _lift(control, treatment, kind=kind, confidence=confidence)
    except stats.StatsError as unknown:
        return Comparison(difference=difference, error=str(unknown))
    return Comparison(difference=difference, lift=lift)


def _difference(
    control: Outcome, treatment: Outcome, *, kind: str, confidence: float
) -> stats.Difference:
    if kind == CONVERSION:
        return stats.compare_proportions(
            control.proportion(), treatment.proportion(), confidence=confidence
        )
    return stats.compare_means(control.mean(kind), treatment.mean(kind), confidence=confidence)


def _lift(control: Outcome, treatment: Outcome, *, kind: str, confidence: float) -> stats.Lift:
    if kind == CONVERSION:
        return stats.relative_lift(
            control.proportion(), treatment.proportion(), confidence=confidence
        )
    return stats.relative_mean_lift(control.mean(kind), treatment.mean(kind), confidence=confidence)


def _beliefs(
    outcomes: Mapping[str, Outcome], *, control: str, kind: str, is_lower_better: bool
) -> dict[str, stats.Belief]:
    posteriors = _posteriors(outcomes, kind=kind)
    if control not in posteriors or len(posteriors) < 2:
        return {}
    arms = list(posteriors)
    beliefs = stats.compare_posteriors(
        list(posteriors.values()), control=arms.index(control), is_lower_better=is_lower_better
    )
    return dict(zip(arms, beliefs, strict=True))


def _posteriors(outcomes: Mapping[str, Outcome], *, kind: str) -> dict[str, stats.Posterior]:
    """Beliefs of the arms that have enough units for one."""
    if kind == CONVERSION:
        return {
            arm: stats.proportion_posterior(outcome.proportion())
            for arm, outcome in outcomes.items()
            if outcome.units
        }
    means = {arm: outcome.mean(kind) for arm, outcome in outcomes.items()}
    spread = {arm: mean for arm, mean in means.items() if mean.centred_squares}
    if not spread:
        return {}
    prior = stats.unit_information_prior(list(means.values()))
    return {arm: stats.mean_posterior(mean, prior=prior) for arm, mean in spread.items()}
