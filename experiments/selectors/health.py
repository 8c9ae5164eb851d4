"""Everything the health checks look at, gathered for one experiment.

Most of it comes from the roll-ups and costs what they hold. The log is read for what they do not:
robots, silence of events, and the effect by days since exposure; `reads_log` leaves that out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from experiments import stats
from experiments.health import Activity, Cell, GoalLift, HealthContext, Slice, StrangeArm
from experiments.models import Experiment, Exposure, ExposureCell, Metric, OutcomeCell
from experiments.plans import MetricSpec
from experiments.selectors.health_log import (
    counted_events,
    doers_by_arm,
    effect_by_age,
    exact_mean,
)
from experiments.selectors.plans import arm_plans, metric_specs
from experiments.selectors.setups import weights_by_period


def health_context(
    experiment: Experiment,
    *,
    now: datetime,
    goals: Sequence[GoalLift],
    reads_log: bool = True,
) -> HealthContext:
    """What `experiments.health.examine` needs to know, as of `now`.

    Args:
        experiment: Its roll-up should be up to date: units are counted from there.
        now: Of an experiment that has ended, its end.
        goals: The goals' lifts as the report shows them (`experiments.health.goal_lifts`).
        reads_log: Whether to read the units' events too.
    """
    metrics = metric_specs(experiment)
    cells = _cells(experiment)
    window = _window_hours(metrics)
    return HealthContext(
        arms=arm_plans(experiment),
        now=now,
        started_at=experiment.started_at,
        minimums=stats.Minimums(
            units_per_arm=experiment.minimum_units_per_arm,
            days=experiment.minimum_days,
            planned_units=experiment.planned_units,
        ),
        is_running=experiment.status == Experiment.Status.RUNNING,
        is_external=experiment.assignment == Experiment.Assignment.EXTERNAL,
        cells=cells,
        weights=weights_by_period(experiment),
        other_arm=other_arm_counts(experiment),
        strange_arms=_strange_arms(experiment),
        before=_before(experiment, cells),
        goals=tuple(goals),
        exposed=_exposed(cells, now=now),
        waiting=_waiting(cells, window, now=now),
        window_hours=window,
        **(_from_log(experiment, metrics, now=now) if reads_log else {}),
    )


def other_arm_counts(experiment: Experiment) -> dict[str, int]:
    """Units for which another arm was named later, by the key of the arm they are in."""
    twice = Exposure.objects.filter(experiment=experiment, has_other_arm=True)
    return dict(twice.values_list("arm__key").annotate(units=Count("pk")))


def _cells(experiment: Experiment) -> tuple[Cell, ...]:
    rows = ExposureCell.objects.filter(experiment=experiment, units__gt=0)
    ordered = rows.order_by("day", "period", "stratum", "arm__position")
    return tuple(
        Cell(day=day, period=period, stratum=stratum, arm=arm, units=units)
        for day, period, stratum, arm, units in ordered.values_list(
            "day", "period", "stratum", "arm__key", "units"
        )
    )


def _strange_arms(experiment: Experiment) -> tuple[StrangeArm, ...]:
    rows = experiment.unknown_arms.filter(times__gt=0).order_by("-times", "key")
    return tuple(
        StrangeArm(key=row.key, times=row.times, last_seen_at=row.last_seen_at) for row in rows
    )


def _before(experiment: Experiment, cells: Sequence[Cell]) -> dict[Slice, stats.Mean]:
    """Moments of the covariate, of every metric that has one; who did nothing counts as zero."""
    names = _names(experiment.metrics.filter(covariate_days__isnull=False))
    rows = OutcomeCell.objects.filter(metric__in=names, is_capped=False).order_by()
    sums = {
        (metric, arm, period): (total, squares)
        for metric, arm, period, total, squares in rows.values_list(
            "metric_id", "arm__key", "period"
        ).annotate(total=Sum("sum_before"), squares=Sum("product_before_before"))
    }
    units: dict[tuple[str, int], int] = {}
    for cell in cells:
        units[cell.arm, cell.period] = units.get((cell.arm, cell.period), 0) + cell.units
    nothing = (Decimal(0), Decimal(0))
    return {
        Slice(of=name, arm=arm, period=period): exact_mean(
            number, *sums.get((metric, arm, period), nothing)
        )
        for metric, name in names.items()
        for (arm, period), number in units.items()
    }


def _names(metrics: Any) -> dict[int, str]:
    """Names by metric; two of one name are told apart by their keys."""
    rows: list[Metric] = list(metrics.order_by("position", "pk"))
    named = [row.name for row in rows]
    return {
        row.pk: f"{row.name} ({row.key})" if named.count(row.name) > 1 else row.name for row in rows
    }


def _exposed(cells: Sequence[Cell], *, now: datetime) -> Activity:
    """The roll-up knows days, so the last unit counts as come in at the end of its day."""
    days = tuple(sorted({cell.day for cell in cells}))
    if not days:
        return Activity()
    end = datetime.combine(days[-1] + timedelta(days=1), time(), tzinfo=UTC)
    return Activity(days=days, last_at=min(end, now))


def _window_hours(metrics: Sequence[MetricSpec]) -> int | None:
    windows = [metric.window_hours for metric in metrics if metric.role == Metric.Role.GOAL]
    return max((hours for hours in windows if hours is not None), default=None)


def _waiting(cells: Sequence[Cell], window_hours: int | None, *, now: datetime) -> int:
    """Units whose window may still be open, by the days the roll-up knows."""
    if window_hours is None:
        return 0
    closed = (now - timedelta(hours=window_hours)).astimezone(UTC).date()
    return sum(cell.units for cell in cells if cell.day >= closed)


def _from_log(
    experiment: Experiment, metrics: Sequence[MetricSpec], *, now: datetime
) -> Mapping[str, Any]:
    names = list(dict.fromkeys(name for metric in metrics for name in metric.events))
    counted, bots = counted_events(experiment, names, now=now)
    goal = next((metric for metric in metrics if metric.role == Metric.Role.GOAL), None)
    return {
        "counted": counted,
        "doers": doers_by_arm(experiment, names, bots, now=now) if bots else {},
        "ages": effect_by_age(experiment, goal, now=now) if goal else {},
    }
