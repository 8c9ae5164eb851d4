"""Finished experiments as trials: who was given which arm, with what chance, and what they paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from audience.models import Contact
from campaigns.models import Plan
from campaigns.selectors.plan_features import Known, known_at
from core.errors import DomainError
from events.models import Event
from experiments.models import Arm, Experiment, Exposure
from experiments.selectors import weight_history

# An order of the exposures' ids is the order of their rows here and in what they paid.
MOMENTS = f"""
SELECT c.id AS contact_id, x.assigned_at AS at, x.id AS place
FROM {Exposure._meta.db_table} x JOIN {Contact._meta.db_table} c ON c.external_id = x.unit_id
WHERE x.experiment_id = %(experiment)s AND x.assigned_at <= %(last)s
"""  # noqa: S608 (table names, no values)
PAID = f"""
SELECT x.arm_id, x.period, coalesce(v.times, 0), coalesce(v.value, 0)::float8
FROM {Exposure._meta.db_table} x JOIN {Contact._meta.db_table} c ON c.external_id = x.unit_id
LEFT JOIN LATERAL (
    SELECT count(*) AS times, sum(e.value) AS value FROM {Event._meta.db_table} e
    WHERE e.unit_id = x.unit_id AND e.kind = 'track' AND e.name = %(goal)s
        AND cardinality(e.bot_reasons) = 0
        AND e.occurred_at >= x.assigned_at
        AND e.occurred_at < x.assigned_at + make_interval(days => %(days)s)
) v ON true
WHERE x.experiment_id = %(experiment)s AND x.assigned_at <= %(last)s
ORDER BY x.id
"""  # noqa: S608 (table names, no values)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastUnits:
    """Units of an experiment whose window is over.

    Attributes:
        known: What was known of each when it was assigned.
        arms: Shape (units,): places of their arms, the control's 0.
        chances: Shape (units, arms).
        paid: Shape (units,): in the window after the assignment.
    """

    known: Known
    arms: NDArray[np.int64]
    chances: NDArray[np.float64]
    paid: NDArray[np.float64]


def past_units(
    experiment: Experiment, arms: Sequence[Arm], plan: Plan, *, now: datetime
) -> PastUnits:
    """The units of an experiment as a plan asks for them.

    Args:
        experiment: A finished one.
        arms: The control first, then the others in the plan's order.
        plan: Says the goal, its value and the window.
        now: Units whose window is still open are left out.

    Raises:
        DomainError: Nobody's window is over, or nobody did what counts as a sale.
    """
    asked: dict[str, Any] = {
        "experiment": experiment.pk,
        "last": now - timedelta(days=plan.window_days),
        "goal": plan.goal_event,
        "days": plan.window_days,
    }
    known = known_at(MOMENTS, asked, goal=plan.goal_event)
    with connection.cursor() as cursor:
        cursor.execute(PAID, asked)
        rows = np.array(cursor.fetchall(), dtype=np.float64).reshape(-1, 4)
    if not len(rows):
        raise DomainError(
            f"“{experiment.name}” has nobody whose {plan.window_days} days are over: wait, or "
            "shorten the window"
        )
    if not rows[:, 2].any():
        raise DomainError(
            f"nobody in “{experiment.name}” did “{plan.goal_event}” within {plan.window_days} days "
            "of being assigned: check what counts as a sale, and the window"
        )
    places = {arm.pk: place for place, arm in enumerate(arms)}
    given = np.array([places[int(arm)] for arm in rows[:, 0]], dtype=np.int64)
    value = plan.value_per_conversion
    return PastUnits(
        known=known,
        arms=given,
        chances=_chances(experiment, arms, rows[:, 1].astype(np.int64)),
        paid=rows[:, 3] if value is None else np.minimum(rows[:, 2], 1) * float(value),
    )


def _chances(
    experiment: Experiment, arms: Sequence[Arm], periods: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Each unit's chance of each arm, as the weights in force at its time had it."""
    planned = [arm.weight for arm in arms]
    drawn = {
        change.period: [change.weights.get(arm.key, 0.0) for arm in arms]
        for change in weight_history(experiment)
    }
    kinds, places = np.unique(periods, return_inverse=True)
    table = np.array([drawn.get(int(period), planned) for period in kinds], dtype=np.float64)
    if not (table > 0).all():
        raise DomainError(
            f"“{experiment.name}” gave an arm no traffic for a time, so it does not say what the "
            "arm would have done then. Choose an experiment whose arms always had some"
        )
    table /= table.sum(axis=1, keepdims=True)
    return np.asarray(table[places.reshape(-1)])
