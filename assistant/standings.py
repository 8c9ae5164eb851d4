"""How the policies of a base stand: which is live, what each answered, which are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q

from assistant.models import KnowledgeBase, Message, Policy, PolicyTrial, WordingDay


@dataclass(frozen=True)
class PolicyStanding:
    """A policy, and its answers of late: all, those a language model worded, those found helpful
    or not.
    """

    policy: Policy
    answers: int
    rephrased: int
    helpful: int
    unhelpful: int


@dataclass(frozen=True)
class BaseStanding:
    """A base with its policies, the experiment under way, those before, and what wording took."""

    base: KnowledgeBase
    policies: Sequence[PolicyStanding]
    trial: PolicyTrial | None
    earlier: Sequence[PolicyTrial]
    tokens: int
    cost: Decimal


def base_standings(*, since: datetime, now: datetime) -> list[BaseStanding]:
    """Every base, by name; answers count from `since`, tokens and money are of today (UTC)."""
    return [
        _standing(base, since=since, now=now) for base in KnowledgeBase.objects.order_by("name")
    ]


def _standing(base: KnowledgeBase, *, since: datetime, now: datetime) -> BaseStanding:
    trials = list(base.trials.select_related("experiment").order_by("-pk"))
    is_under_way = {
        trial.pk: trial.is_open and trial.experiment.status in ("running", "paused")
        for trial in trials
    }
    today = WordingDay.objects.filter(base=base, day=now.date()).first()
    return BaseStanding(
        base=base,
        policies=_policies(base, since=since),
        trial=next((trial for trial in trials if is_under_way[trial.pk]), None),
        earlier=[trial for trial in trials if not is_under_way[trial.pk]],
        tokens=today.tokens if today else 0,
        cost=today.cost if today else Decimal(0),
    )


def _policies(base: KnowledgeBase, *, since: datetime) -> list[PolicyStanding]:
    counted = (
        Message.objects.filter(policy__base=base, said_at__gte=since)
        .order_by()
        .values_list("policy")
        .annotate(
            answers=Count("pk"),
            rephrased=Count("pk", filter=Q(wording__wording="rephrased")),
            helpful=Count("pk", filter=Q(feedback__is_helpful=True)),
            unhelpful=Count("pk", filter=Q(feedback__is_helpful=False)),
        )
    )
    by_policy: dict[int, tuple[int, ...]] = {row[0]: row[1:] for row in counted}
    return [
        PolicyStanding(policy, *by_policy.get(policy.pk, (0, 0, 0, 0)))
        for policy in base.policies.all()
    ]
