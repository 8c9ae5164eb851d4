"""What an analysis is made with: the plan, the rule, and what stands beside the samples."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Sum

from experiments import stats
from experiments.models import Experiment, ExposureCell
from experiments.results import LookRule, Setup
from experiments.selectors.past import priors_by_metric
from experiments.selectors.plans import arm_plans, metric_specs

PACE_DAYS = 7


def setup_of(experiment: Experiment, *, rule: LookRule, until: datetime) -> Setup:
    ran = (until - experiment.started_at).total_seconds() if experiment.started_at else 0.0
    metrics = metric_specs(experiment)
    return Setup(
        arms=arm_plans(experiment),
        metrics=metrics,
        rule=rule,
        minimums=stats.Minimums(
            units_per_arm=experiment.minimum_units_per_arm,
            days=experiment.minimum_days,
            planned_units=experiment.planned_units,
        ),
        # Whole days, and only up to the minimum: time that changes nothing makes no new snapshot.
        days=min(max(int(ran // 86_400), 0), experiment.minimum_days),
        correction=experiment.correction,
        primary_share=experiment.primary_share,
        weights=weights_by_period(experiment),
        priors=priors_by_metric(experiment, metrics),
        units_per_day=units_per_day(experiment, until=until),
    )


def weights_by_period(experiment: Experiment) -> dict[int, dict[str, float]]:
    return dict(experiment.weight_changes.values_list("period", "weights"))


def units_per_day(experiment: Experiment, *, until: datetime) -> float | None:
    """Units that came in a day over the last week; None before anybody came."""
    if experiment.started_at is None:
        return None
    since = max(experiment.started_at, until - timedelta(days=PACE_DAYS))
    days = (until - since).total_seconds() / 86_400
    cells = ExposureCell.objects.filter(experiment=experiment, day__gte=since.date())
    units = cells.aggregate(units=Sum("units"))["units"]
    return units / days if units and days > 0 else None
