"""What the statistics compare: the outcomes of one table's arms as samples, made once a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from experiments import stats
from experiments.outcomes import AnyOutcome, Columns, columns_of
from experiments.plans import MetricSpec

Sample = stats.Proportion | stats.Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """The arms of one table on one metric, by their keys.

    Attributes:
        outcomes: Exact sums of each arm, capped if the metric has a cap.
        plain: What is compared, of the arms that have anything to compare.
        adjusted: The same after CUPED, of a metric with a covariate.
        uncapped: The same without the cap, of a metric with a cap.
        errors: Why an arm has no sample.
        moments: Joint moments of each arm, of metrics that need them: with more than one column, or
            to be weighed by strata.
        intervals: Of each arm's figure, where the sample does not tell it.
        variance_kept: Share of the variance that CUPED leaves, over all arms.
        is_reweighed: Whether the means take a bandit's weights into account.
    """

    outcomes: Mapping[str, AnyOutcome]
    plain: Mapping[str, Sample]
    adjusted: Mapping[str, stats.Mean]
    uncapped: Mapping[str, Sample]
    errors: Mapping[str, str]
    moments: Mapping[str, stats.Moments]
    intervals: Mapping[str, stats.Interval] = field(default_factory=dict)
    variance_kept: float | None = None
    is_reweighed: bool = False

    @property
    def compared(self) -> Mapping[str, Sample]:
        """The samples the headline figures rest on."""
        return self.adjusted or self.plain


def arms_of(
    metric: MetricSpec,
    outcomes: Mapping[str, AnyOutcome],
    uncapped: Mapping[str, AnyOutcome],
    *,
    is_weighed: bool = False,
    quantiles: Mapping[str, stats.Quantile] | None = None,
    reweighed: Mapping[str, stats.Mean] | None = None,
) -> Arms:
    """
    Args:
        metric: What was counted.
        outcomes: Of each arm, capped if the metric has a cap.
        uncapped: Of each arm without the cap; empty to leave it out.
        is_weighed: Whether the moments are wanted for a figure weighed by strata.
        quantiles: Of a quantile metric, of each arm that has units enough.
        reweighed: Of a bandit, each arm's mean after its weights are taken into account.
    """
    if quantiles is not None:
        return _arms_of_quantiles(outcomes, quantiles)
    columns = columns_of(metric)
    has_moments = is_weighed or len(columns.names) > 1
    moments = (
        {arm: outcome.moments(columns) for arm, outcome in outcomes.items()} if has_moments else {}
    )
    plain, errors = _samples(metric, outcomes)
    adjusted, kept = _adjusted(columns, moments)
    return Arms(
        outcomes=outcomes,
        plain=reweighed or plain,
        is_reweighed=bool(reweighed),
        adjusted=adjusted,
        uncapped=_samples(metric, uncapped)[0],
        errors=errors,
        moments=moments,
        variance_kept=kept,
    )


def _arms_of_quantiles(
    outcomes: Mapping[str, AnyOutcome], quantiles: Mapping[str, stats.Quantile]
) -> Arms:
    """A quantile with its error is compared as a mean with that error is."""
    few = "there are too few people for an interval of this quantile"
    return Arms(
        outcomes=outcomes,
        plain={
            arm: stats.Mean(
                units=each.units,
                mean=each.value,
                centred_squares=each.variance * each.units * (each.units - 1),
            )
            for arm, each in quantiles.items()
        },
        adjusted={},
        uncapped={},
        errors={arm: few for arm in outcomes if arm not in quantiles},
        moments={},
        intervals={arm: each.interval for arm, each in quantiles.items()},
    )


def sample_of(metric: MetricSpec, outcome: AnyOutcome) -> Sample:
    """
    Raises:
        StatsError: The outcome says nothing of the figure.
    """
    if metric.is_share:
        return outcome.proportion()
    if metric.kind == "ratio":
        columns = columns_of(metric)
        return outcome.moments(columns).sample(columns.outcome)
    return outcome.mean()


def as_mean(sample: Sample) -> stats.Mean:
    """A proportion as the mean of zeros and ones."""
    if isinstance(sample, stats.Mean):
        return sample
    if not sample.trials:
        return stats.Mean(units=0, mean=0.0, centred_squares=0.0)
    rate = sample.rate
    return stats.Mean(
        units=sample.trials, mean=rate, centred_squares=sample.trials * rate * (1 - rate)
    )


def units_of(sample: Sample) -> int:
    return sample.trials if isinstance(sample, stats.Proportion) else sample.units


def _samples(
    metric: MetricSpec, outcomes: Mapping[str, AnyOutcome]
) -> tuple[dict[str, Sample], dict[str, str]]:
    samples: dict[str, Sample] = {}
    errors: dict[str, str] = {}
    for arm, outcome in outcomes.items():
        try:
            samples[arm] = sample_of(metric, outcome)
        except stats.StatsError as unknown:
            errors[arm] = str(unknown)
    return samples, errors


def _adjusted(
    columns: Columns, moments: Mapping[str, stats.Moments]
) -> tuple[dict[str, stats.Mean], float | None]:
    enough = {arm: each for arm, each in moments.items() if each.units > 1}
    if not columns.covariates or len(enough) < 2:
        return {}, None
    try:
        arms, kept = stats.adjust_arms(
            list(enough.values()), outcome=columns.outcome, covariates=columns.covariates
        )
    except stats.StatsError:
        # A ratio whose denominator nobody had before: the plain figure has to do.
        return {}, None
    return dict(zip(enough, arms, strict=True)), kept
