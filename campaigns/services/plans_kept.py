"""Plans beside their life: copied, deleted before they began, put away after they ended."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.errors import PlanClosed
from campaigns.models import Plan, PlanAction
from campaigns.selectors.plans import plan_key
from campaigns.services.plan_states import plan_lock, refuse_working
from campaigns.services.rights import require
from core.audit import audit

Status = Plan.Status
NOT_STARTED = (Status.DRAFT, Status.PROPOSED, Status.APPROVED)
TERMS = (
    "channel", "segment", "goal_event", "value_per_conversion", "window_days", "margin",
    "control_is_message", "message_cost", "learner", "attribute_names", "budget", "most_contacts",
    "most_messages", "message_days", "holdout_share", "reached_tolerance", "discount_tolerance",
    "is_mended",
)  # fmt: skip
WHAT_IT_WAS = (
    "position", "arm", "name", "kind", "offer", "discount", "category", "message_cost",
)  # fmt: skip


@transaction.atomic
def plan_copy(plan: Plan, *, actor: User) -> Plan:
    """A draft with the same limits and actions, to be changed and worked out by itself."""
    require(actor, "add_plan", doing="copy a plan")
    name = f"{plan.name[:80]} (copy)"
    copied = Plan.objects.create(
        key=plan_key(name),
        name=name,
        owner=actor,
        **{term: getattr(plan, term) for term in TERMS},
    )
    PlanAction.objects.bulk_create(
        PlanAction(plan=copied, **{part: getattr(action, part) for part in WHAT_IT_WAS})
        for action in plan.actions.select_related("arm", "offer")
    )
    audit(actor, "plan_copy", copied, of=plan.key)
    return copied


@transaction.atomic
def plan_delete(plan: Plan, *, actor: User) -> None:
    """Destroy a plan that never began: nobody got anything by it.

    Raises:
        PlanClosed: It began, so that it is the record of what was done; or a worker has it.
    """
    require(actor, "delete_plan", doing="delete a plan")
    locked = plan_lock(plan, NOT_STARTED, doing="delete it")
    refuse_working(locked)
    audit(actor, "plan_delete", locked, key=locked.key, name=locked.name)
    locked.delete()


@transaction.atomic
def plan_archive(plan: Plan, *, actor: User, now: datetime) -> None:
    """Put a plan whose proof is over out of the list; it can be looked up and brought back."""
    require(actor, "change_plan", doing="archive a plan")
    locked = plan_lock(plan, (Status.PROVEN,), doing="archive it")
    if locked.archived_at is not None:
        raise PlanClosed(f"“{locked.name}” is archived already")
    locked.archived_at = now
    locked.save(update_fields=["archived_at"])
    audit(actor, "plan_archive", locked)


@transaction.atomic
def plan_restore(plan: Plan, *, actor: User) -> None:
    """Bring an archived plan back into the list."""
    require(actor, "change_plan", doing="bring a plan back")
    locked = plan_lock(plan, (Status.PROVEN,), doing="bring it back")
    if locked.archived_at is None:
        raise PlanClosed(f"“{locked.name}” is not archived")
    locked.archived_at = None
    locked.save(update_fields=["archived_at"])
    audit(actor, "plan_restore", locked)
