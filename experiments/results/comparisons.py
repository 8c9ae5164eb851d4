"""Every arm against control on one metric: what can be said, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from experiments import stats
from experiments.plans import MetricSpec
from experiments.results.looking import LookRule
from experiments.results.samples import Arms, Sample, as_mean, units_of
from experiments.stats.proportions import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An arm against control: the difference, and the lift where there is one."""

    difference: stats.Difference
    lift: stats.Lift | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that is said of an arm against control.

    Attributes:
        pair: The headline: after CUPED and the cap, under the rule of looking.
        family: The same adjusted for the other comparisons of its family.
        plain: Without CUPED, where the headline has it.
        uncapped: Without the cap, where the headline has one.
        belief: What the posteriors say.
        against: Of a guardrail with a margin: whether a loss as large is ruled out.
        informed: The lift when what past tests found is taken into account.
        stratified: The difference with the strata weighted alike in both arms.
        interaction: Whether the effect differs between strata.
        error: Why there is no comparison, or no lift.
    """

    pair: Pair | None = None
    family: Pair | None = None
    plain: Pair | None = None
    uncapped: Pair | None = None
    belief: stats.Belief | None = None
    against: stats.Against | None = None
    informed: stats.NormalPosterior | None = None
    stratified: stats.Difference | None = None
    interaction: stats.Interaction | None = None
    error: str | None = None

    @property
    def p_adjusted(self) -> float | None:
        return self.family.difference.p_value if self.family else None


Comparisons = Mapping[str, Comparison]


def compare_arms(
    tables: Sequence[Arms], metric: MetricSpec, *, control: str, rule: LookRule
) -> list[dict[str, Comparison]]:
    """In each table, each arm but control; nothing is adjusted for the family yet."""
    return [
        {
            arm: _compare(arms, arm, control=control, rule=rule, belief=beliefs.get(arm))
            for arm in arms.outcomes
            if arm != control
        }
        for arms, beliefs in zip(tables, _beliefs(tables, metric, control=control), strict=True)
    ]


def compare_samples(control: Sample, treatment: Sample, rule: LookRule) -> Pair:
    """Difference and lift under the rule of looking.

    Raises:
        StatsError: There is no difference to be had.
    """
    units = units_of(control) + units_of(treatment)
    difference = rule.difference(_difference(control, treatment, rule), units=units)
    try:
        lift = rule.lift(_lift(control, treatment, rule.confidence), units=units)
    except stats.StatsError as unknown:
        return Pair(difference=difference, error=str(unknown))
    return Pair(difference=difference, lift=lift)


def _compare(
    arms: Arms, arm: str, *, control: str, rule: LookRule, belief: stats.Belief | None
) -> Comparison:
    for key in (control, arm):
        if key in arms.errors:
            return Comparison(error=arms.errors[key])
    try:
        pair = compare_samples(arms.plain[control], arms.plain[arm], rule)
    except stats.StatsError as unknown:
        return Comparison(belief=belief, error=str(unknown))
    plain = None
    if control in arms.adjusted and arm in arms.adjusted:
        plain, pair = pair, compare_samples(arms.adjusted[control], arms.adjusted[arm], rule)
    return Comparison(
        pair=pair,
        plain=plain,
        uncapped=_uncapped(arms, arm, control, rule),
        belief=belief,
        error=pair.error,
    )


def _uncapped(arms: Arms, arm: str, control: str, rule: LookRule) -> Pair | None:
    if control not in arms.uncapped or arm not in arms.uncapped:
        return None
    try:
        return compare_samples(arms.uncapped[control], arms.uncapped[arm], rule)
    except stats.StatsError:
        return None


def _difference(control: Sample, treatment: Sample, rule: LookRule) -> stats.Difference:
    if isinstance(control, stats.Proportion) and isinstance(treatment, stats.Proportion):
        # Another rule takes the score test's statistic, so the exact p would be thrown away.
        method: Method = "auto" if rule.rule == "fixed" else "score"
        return stats.compare_proportions(
            control, treatment, confidence=rule.confidence, method=method
        )
    return stats.compare_means(as_mean(control), as_mean(treatment), confidence=rule.confidence)


def _lift(control: Sample, treatment: Sample, confidence: float) -> stats.Lift:
    if isinstance(control, stats.Proportion) and isinstance(treatment, stats.Proportion):
        return stats.relative_lift(control, treatment, confidence=confidence)
    return stats.relative_mean_lift(as_mean(control), as_mean(treatment), confidence=confidence)


def _beliefs(
    tables: Sequence[Arms], metric: MetricSpec, *, control: str
) -> list[dict[str, stats.Belief]]:
    """Tables of the same arms are weighed together, which costs little more than one of them."""
    posteriors = [posteriors_of(arms.compared) for arms in tables]
    alike: dict[tuple[str, ...], list[int]] = {}
    for at, each in enumerate(posteriors):
        if control in each and len(each) > 1:
            alike.setdefault(tuple(each), []).append(at)
    found: list[dict[str, stats.Belief]] = [{} for _ in tables]
    for arms, places in alike.items():
        weighed = stats.compare_tables(
            [list(posteriors[at].values()) for at in places],
            control=arms.index(control),
            is_lower_better=metric.is_lower_better,
        )
        for at, beliefs in zip(places, weighed, strict=True):
            found[at] = dict(zip(arms, beliefs, strict=True))
    return found


def beliefs_with_intervals(
    arms: Arms, metric: MetricSpec, *, control: str, confidence: float
) -> dict[str, stats.Belief]:
    """The beliefs with credible intervals of the difference and of the lift."""
    posteriors = posteriors_of(arms.compared)
    if control not in posteriors or len(posteriors) < 2:
        return {}
    keys = list(posteriors)
    found = stats.compare_posteriors(
        list(posteriors.values()),
        control=keys.index(control),
        is_lower_better=metric.is_lower_better,
        confidence=confidence,
    )
    return dict(zip(keys, found, strict=True))


def posteriors_of(samples: Mapping[str, Sample]) -> dict[str, stats.Posterior]:
    """Beliefs of the arms that have enough units for one."""
    means = {arm: sample for arm, sample in samples.items() if isinstance(sample, stats.Mean)}
    if not means:
        return {
            arm: stats.proportion_posterior(sample)
            for arm, sample in samples.items()
            if isinstance(sample, stats.Proportion) and sample.trials
        }
    spread = {arm: mean for arm, mean in means.items() if mean.centred_squares}
    if not spread:
        return {}
    prior = stats.unit_information_prior(list(means.values()))
    return {arm: stats.mean_posterior(mean, prior=prior) for arm, mean in spread.items()}


def margin_kept(
    arms: Arms, metric: MetricSpec, arm: str, *, control: str, rule: LookRule
) -> stats.Against | None:
    """Whether a loss as large as the margin is ruled out; None: no margin, or no answer."""
    if metric.margin is None or control not in arms.compared or arm not in arms.compared:
        return None
    base, changed = arms.compared[control], arms.compared[arm]
    try:
        found = stats.not_worse(
            base,
            changed,
            margin=metric.margin,
            is_relative=metric.is_margin_relative,
            is_lower_better=metric.is_lower_better,
            confidence=rule.confidence,
        )
    except stats.StatsError:
        return None
    p_value = rule.one_sided_p(found.p_value, units=units_of(base) + units_of(changed))
    return replace(found, p_value=p_value, is_shown=p_value <= 1 - rule.confidence)
