"""Where a plan stands: it changes only from the states in which that is allowed."""

from __future__ import annotations

from collections.abc import Sequence

from campaigns.errors import PlanClosed
from campaigns.models import Plan

Status = Plan.Status


def plan_lock(plan: Plan, states: Sequence[str], *, doing: str) -> Plan:
    """The row, locked until the transaction ends, if it is in one of `states`.

    Raises:
        PlanClosed: It is in another one.
    """
    locked = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if locked.status not in states:
        wanted = " or ".join(Status(state).label.lower() for state in states)
        raise PlanClosed(
            f"“{locked.name}” is {locked.get_status_display().lower()}; to {doing} it must be "
            f"{wanted}"
        )
    return locked


def refuse_working(plan: Plan) -> None:
    if plan.is_working:
        raise PlanClosed("the plan is being worked out: wait until that is over")
