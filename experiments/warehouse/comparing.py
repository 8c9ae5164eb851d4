"""Every arm against control on one metric, in each way the metric can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from experiments import stats
from experiments.plans import MetricSpec
from experiments.warehouse.assembly import Figures, covariate_of, outcome_of

Samples = tuple[stats.Proportion, stats.Proportion] | tuple[stats.Mean, stats.Mean]
Moments = Mapping[str, stats.Moments]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An arm against control.

    Attributes:
        view: "as counted", "capped", "adjusted" (CUPED) or "capped and adjusted".
        arm: The treatment.
        control_figure: Control's share, mean, ratio or quantile; None without units.
        figure: The treatment's.
        variance_kept: Of an adjusted view: the share of variance that is left.
        error: Why something is missing.
    """

    view: str
    arm: str
    control_figure: float | None = None
    figure: float | None = None
    difference: stats.Difference | None = None
    lift: stats.Lift | None = None
    variance_kept: float | None = None
    error: str = ""


def compare_arms(
    metric: MetricSpec, arms: Mapping[str, Figures], *, control: str, confidence: float
) -> tuple[Comparison, ...]:
    """All views of a metric that its figures allow; an arm without units has an error."""
    treatments = [arm for arm in arms if arm != control]
    found = [
        _compared("as counted", arm, partial(_counted, metric, arms, control, arm), confidence)
        for arm in treatments
    ]
    moments, word = {arm: own.moments for arm, own in arms.items()}, ""
    if all(own.capped is not None for own in arms.values()):
        moments, word = {arm: own.capped for arm, own in arms.items() if own.capped}, "capped"
        found += [
            _compared(word, arm, partial(_plain, metric, moments, control, arm), confidence)
            for arm in treatments
        ]
    if covariate_of(metric) is not None:
        view = f"{word} and adjusted" if word else "adjusted"
        found += [_adjusted(view, metric, moments, control, arm, confidence) for arm in treatments]
    return tuple(found)


def compare_samples(
    samples: Mapping[str, stats.Mean], *, control: str, confidence: float
) -> tuple[Comparison, ...]:
    """Figures that come as samples already: quantiles."""
    pairs: dict[str, Samples] = {
        arm: (samples[control], own) for arm, own in samples.items() if arm != control
    }
    return tuple(
        _compared("as counted", arm, partial(_same, pair), confidence)
        for arm, pair in pairs.items()
    )


def _same(pair: Samples) -> Samples:
    return pair


def _counted(metric: MetricSpec, arms: Mapping[str, Figures], control: str, arm: str) -> Samples:
    if not metric.is_share:
        moments = {key: own.moments for key, own in arms.items()}
        return _plain(metric, moments, control, arm)
    first, second = (
        stats.Proportion(trials=own.moments.units, successes=int(own.total))
        for own in (arms[control], arms[arm])
    )
    return first, second


def _plain(metric: MetricSpec, moments: Moments, control: str, arm: str) -> Samples:
    outcome = outcome_of(metric)
    return moments[control].sample(outcome), moments[arm].sample(outcome)


def _adjusted(
    view: str, metric: MetricSpec, moments: Moments, control: str, arm: str, confidence: float
) -> Comparison:
    covariate = covariate_of(metric)
    try:
        found = stats.adjust_for_covariates(
            moments[control],
            moments[arm],
            outcome=outcome_of(metric),
            covariates=[covariate] if covariate else [],
        )
    except stats.StatsError as error:
        return Comparison(view=view, arm=arm, error=str(error))
    pair = (found.control, found.treatment)
    return _compared(view, arm, partial(_same, pair), confidence, kept=found.variance_kept)


def _compared(
    view: str,
    arm: str,
    samples: Callable[[], Samples],
    confidence: float,
    *,
    kept: float | None = None,
) -> Comparison:
    try:
        both = samples()
        control, treatment = _figure(both[0]), _figure(both[1])
    except stats.StatsError as error:
        return Comparison(view=view, arm=arm, error=str(error))
    ask_difference, ask_lift = _questions(both, confidence)
    difference, no_difference = _or_why(ask_difference)
    lift, no_lift = _or_why(ask_lift)
    return Comparison(
        view=view,
        arm=arm,
        control_figure=control,
        figure=treatment,
        difference=difference,
        lift=lift,
        variance_kept=kept,
        error=no_difference or no_lift,
    )


def _figure(sample: stats.Proportion | stats.Mean) -> float:
    if isinstance(sample, stats.Proportion):
        return sample.rate
    if not sample.units:
        raise stats.TooFewUnits("there are no units, so there is no mean")
    return sample.mean


def _questions(
    samples: Samples, confidence: float
) -> tuple[Callable[[], stats.Difference], Callable[[], stats.Lift]]:
    control, treatment = samples
    if isinstance(control, stats.Proportion) and isinstance(treatment, stats.Proportion):
        return (
            partial(stats.compare_proportions, control, treatment, confidence=confidence),
            partial(stats.relative_lift, control, treatment, confidence=confidence),
        )
    if isinstance(control, stats.Mean) and isinstance(treatment, stats.Mean):
        return (
            partial(stats.compare_means, control, treatment, confidence=confidence),
            partial(stats.relative_mean_lift, control, treatment, confidence=confidence),
        )
    raise TypeError("a proportion cannot be compared with a mean")


def _or_why(ask: Callable[[], Answer]) -> tuple[Answer | None, str]:
    try:
        return ask(), ""
    except stats.StatsError as error:
        return None, str(error)
