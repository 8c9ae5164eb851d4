"""What a running plan brought: its people's profit against that of those it was kept from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from audience.models import Contact
from campaigns import strategy
from campaigns.models import Plan, PlanContact
from events.models import Event
from experiments import stats

# What was paid is summed up by action, for profit is a straight line of it.
PAID = f"""
SELECT p.is_held_out, p.position, count(*), avg(v.paid)::float8,
    (var_pop(v.paid) * count(*))::float8
FROM {PlanContact._meta.db_table} p JOIN {Contact._meta.db_table} c ON c.id = p.contact_id
CROSS JOIN LATERAL (
    SELECT coalesce(CASE WHEN %(value)s::numeric IS NULL THEN sum(e.value)
        ELSE least(count(*), 1) * %(value)s::numeric END, 0) AS paid
    FROM {Event._meta.db_table} e
    WHERE e.unit_id = c.external_id AND e.kind = 'track' AND e.name = %(goal)s
        AND cardinality(e.bot_reasons) = 0
        AND e.occurred_at >= %(since)s AND e.occurred_at < %(until)s
) v
WHERE p.plan_id = %(plan)s GROUP BY 1, 2
"""  # noqa: S608 (table names, no values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the plan brought so far.

    Attributes:
        people: Of the plan, those it leaves alone included.
        held_out: People it was kept from.
        days: Of sales that are counted.
        is_over: All of the plan's days are.
        per_person: Profit of the plan's people minus that of the others, each.
        total: The same over all of the plan's people; low and high are its interval.
    """

    people: int
    held_out: int
    days: int
    is_over: bool
    per_person: stats.Difference | None
    total: float
    low: float
    high: float


def plan_proof(
    plan: Plan, actions: Mapping[int, strategy.Action], *, now: datetime
) -> Proof | None:
    """The proof as of now; None before the plan has started.

    Args:
        plan: Running or proven.
        actions: By their position.
        now: Sales count until then, or until the plan's days are over.
    """
    if plan.started_at is None:
        return None
    end = plan.started_at + timedelta(days=plan.window_days)
    until = min(plan.proven_at or now, end)
    held_out, planned, has_sales = _profits(plan, actions, since=plan.started_at, until=until)
    try:
        # Before the first sale there are but the costs of messages that may not be out yet.
        found = stats.compare_means(held_out, planned) if has_sales else None
    except stats.StatsError:
        found = None
    low, high = (found.low, found.high) if found else (0.0, 0.0)
    return Proof(
        people=planned.units,
        held_out=held_out.units,
        days=(until - plan.started_at).days,
        is_over=until >= end,
        per_person=found,
        total=(found.estimate if found else 0.0) * planned.units,
        low=low * planned.units,
        high=high * planned.units,
    )


def _profits(
    plan: Plan, actions: Mapping[int, strategy.Action], *, since: datetime, until: datetime
) -> tuple[stats.Mean, stats.Mean, bool]:
    """Moments of people's profit: of those held out, and of the plan's; and whether any bought."""
    asked: dict[str, Any] = {
        "plan": plan.pk,
        "goal": plan.goal_event,
        "since": since,
        "until": until,
        "value": plan.value_per_conversion,
    }
    has_sales = False
    nobody = stats.Mean(units=0, mean=0.0, centred_squares=0.0)
    found = {True: nobody, False: nobody}
    baseline = strategy.Action(
        key="none",
        name="left alone",
        margin=plan.margin,
        contact_cost=float(plan.message_cost) if plan.control_is_message else 0.0,
    )
    with connection.cursor() as cursor:
        cursor.execute(PAID, asked)
        for is_held_out, position, units, mean, squares in cursor.fetchall():
            action = actions.get(position, baseline)
            has_sales |= mean > 0
            found[is_held_out] += stats.Mean(
                units=units,
                mean=action.kept * mean - action.contact_cost,
                centred_squares=max(action.kept**2 * squares, 0.0),
            )
    return found[True], found[False], has_sales
