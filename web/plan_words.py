"""A plan's figures as its page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.models import Plan, PlanAction
from campaigns.selectors.plans import currency_of
from core.money import money


@dataclass(frozen=True)
class ActionLine:
    name: str
    of: str
    people: int
    share: float
    profit: float
    each: float
    discount: str
    url: str


@dataclass(frozen=True)
class GroupLine:
    attribute: str
    group: str
    people: int
    reached: str
    reached_apart: str
    discount: str
    discount_apart: str
    brings: str
    brings_interval: str
    word: str
    tone: str


def figures_of(plan: Plan, rows: Sequence[PlanAction]) -> dict[str, Any]:
    """What the page needs of a plan that was worked out; nothing before."""
    results, currency = plan.results, currency_of(plan)
    if not results:
        return {"results": None, "currency": currency}
    left = results["people"] - results["reached"]
    return {
        "results": results,
        "currency": currency,
        "lines": [_line(row, results["people"]) for row in rows],
        "alone": left,
        "alone_share": left / max(1, results["people"]),
        "groups": list(_groups(results, currency)),
        "apart": {
            "reached": _points(plan.reached_tolerance),
            "discount": _points(plan.discount_tolerance),
        },
        "left_out": {name: count for name, count in results["left_out"].items() if count},
        "each": results["value"]["value"] / max(1, results["people"]),
    }


def _line(row: PlanAction, people: int) -> ActionLine:
    given = row.people or 0
    profit = row.expected_profit or 0.0
    percent = float(row.offer.percent) if row.offer and row.offer.percent else 100 * row.discount
    return ActionLine(
        name=row.name,
        of=row.arm.experiment.name,
        people=given,
        share=given / max(1, people),
        profit=profit,
        each=profit / given if given else 0.0,
        discount=f"{percent:g}%" if percent else "none",
        url=f"?action={row.position}",
    )


def _groups(results: Mapping[str, Any], currency: str) -> Iterable[GroupLine]:
    uplift = {(one["attribute"], one["group"]): one["profit"] for one in results["uplift"]}
    for group in results["treatment"]:
        found = uplift.get((group["attribute"], group["group"]))
        word, tone = _judged(group)
        yield GroupLine(
            attribute=group["attribute"],
            group=group["group"],
            people=group["people"],
            reached=f"{group['reached']:.1%}",
            reached_apart=f"{100 * group['reached_apart']:+.1f}",
            discount=f"{group['discount']:.2%}",
            discount_apart=f"{100 * group['discount_apart']:+.2f}",
            brings=money(found["value"], currency) if found else "—",
            brings_interval=_interval(found, currency) if found else "",
            word=word,
            tone=tone,
        )


def _interval(found: Mapping[str, float], currency: str) -> str:
    return f"{money(found['low'], '')} to {money(found['high'], currency)}"


def _points(share: float) -> str:
    return "1 point" if share == 0.01 else f"{100 * share:g} points"


def _judged(group: Mapping[str, Any]) -> tuple[str, str]:
    if not group["is_judged"]:
        return "not judged", ""
    if group["is_apart"]:
        return "too far apart", "bad"
    return ("alike, not by chance", "good") if group["is_beyond_chance"] else ("alike", "good")
