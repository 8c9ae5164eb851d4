"""Reads of plans for their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, QuerySet, Sum
from django.utils.text import slugify

from audience.selectors.vocabulary import attribute_names
from campaigns.models import Plan, PlanContact
from catalog.models import Product
from catalog.selectors import shop_currency
from core.free_keys import free_key
from core.money import money
from experiments.models import Experiment

MOST_ATTRIBUTES = 30
MARK = "plan_action"


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """One contact of a plan, with the reason in a sentence."""

    contact: int
    external_id: str
    action: str
    expected_profit: float
    reason: str
    is_held_out: bool


def finished_experiments() -> QuerySet[Experiment]:
    """Those that can teach a plan, the newest first; proofs of other plans teach nothing."""
    return (
        Experiment.objects.filter(
            status__in=[Experiment.Status.DECIDED, Experiment.Status.ARCHIVED]
        )
        .exclude(pk__in=Plan.objects.exclude(experiment=None).values("experiment_id"))
        .order_by("-ended_at")
    )


def currency_of(plan: Plan) -> str:
    """That of the plan's figures; before there are any, the shop's."""
    worked_out: str | None = plan.results.get("currency")
    return shop_currency() if worked_out is None else worked_out


def plan_key(name: str) -> str:
    """A key for a plan of this name; short, since those of its segments are made of it."""
    return free_key(Plan, slugify(name)[:44] or "plan")


def attribute_choices() -> list[str]:
    """Attributes that contacts have, commonest first, without those no plan may decide by."""
    hidden = {*settings.PROTECTED_ATTRIBUTES, MARK}
    return [name for name in attribute_names() if name not in hidden][:MOST_ATTRIBUTES]


def usual_margin() -> float | None:
    """Share of the catalog's prices that is left after costs; None where no cost is known."""
    sums = Product.objects.filter(cost__isnull=False, price__gt=0).aggregate(
        asked=Sum("price"), left=Sum(F("price") - F("cost"))
    )
    return float(sums["left"] / sums["asked"]) if sums["asked"] else None


def planned_people(
    plan: Plan, *, position: int | None = None, contact: str = "", limit: int = 50
) -> list[PlannedPerson]:
    """The plan's people, those with the largest expected profit first."""
    rows = PlanContact.objects.filter(plan=plan).select_related("contact")
    if contact:
        rows = rows.filter(contact__external_id=contact)
    if position is not None:
        rows = rows.filter(position=position, is_held_out=False)
    names = {action.position: action.name for action in plan.actions.all()}
    segments = plan.results.get("segments", [])
    currency = currency_of(plan)
    return [
        PlannedPerson(
            contact=row.contact_id,
            external_id=row.contact.external_id,
            action=names.get(row.position, plan.others),
            expected_profit=row.expected_profit,
            reason=_reason(row, segments, names, others=plan.others, currency=currency),
            is_held_out=row.is_held_out,
        )
        for row in rows.order_by("-expected_profit", "pk")[:limit]
    ]


def _reason(
    row: PlanContact,
    segments: Sequence[dict[str, object]],
    names: dict[int, str],
    *,
    others: str,
    currency: str,
) -> str:
    if row.is_held_out:
        return "Drawn by chance to be kept from the plan, so that its gain can be proved."
    if row.place >= len(segments):
        return ""
    segment = segments[row.place]
    conditions = "; ".join(map(str, segment["conditions"]))  # type: ignore[call-overload]
    conditions = conditions[:1].upper() + conditions[1:]
    profits: list[float] = segment["profits"]  # type: ignore[assignment]
    if row.position:
        usual = money(profits[row.position - 1], currency)
        named = names[row.position]
        return f"{conditions}. People like this bring {usual} more each with “{named}”."
    best = max(profits, default=0.0)
    if best <= 0:
        return f"{conditions}. Nothing is expected to bring more, so: {others}."
    return f"{conditions}. Others within the limits are expected to bring more, or cost less."
