"""Whom a plan may decide for, and why others are left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from audience.models import Contact, Membership
from campaigns.models import Plan
from campaigns.selectors.plan_features import Known, known_at
from events.models import Event
from experiments.models import Exposure
from privacy.models import ConsentPurpose, Suppression
from privacy.selectors import agreeing


def plannable(plan: Plan, *, now: datetime) -> QuerySet[Contact]:
    """Contacts of the plan's segment who may be profiled and written to, and were not of late."""
    return asked_people(plan).filter(*_rules(plan, now=now).values())


def left_out(plan: Plan, *, now: datetime) -> Mapping[str, int]:
    """How many of the plan's segment each rule keeps out; somebody may be under several."""
    everyone = asked_people(plan)
    return {name: everyone.exclude(rule).count() for name, rule in _rules(plan, now=now).items()}


def known_now(plan: Plan, *, now: datetime) -> Known:
    """What is known of the plannable contacts, as of now."""
    people = plannable(plan, now=now).order_by("id").values("id")
    query, parameters = people.query.sql_with_params()
    moments = f"""
        SELECT p.id AS contact_id, %s::timestamptz AS at, p.id AS place FROM ({query}) p
    """  # noqa: S608 (a query of Django's own)
    return known_at(moments, (now, *parameters), goal=plan.goal_event)


def asked_people(plan: Plan) -> QuerySet[Contact]:
    """Everybody in the plan's segment, as of its last build; without one, everybody."""
    if plan.segment_id is None:
        return Contact.objects.all()
    member = Membership.objects.filter(segment_id=plan.segment_id, contact_id=OuterRef("pk"))
    return Contact.objects.filter(Exists(member))


def _rules(plan: Plan, *, now: datetime) -> dict[str, Q]:
    suppressed = Suppression.objects.filter(
        subject_id=OuterRef("subject_id"), channel__in=[Suppression.Channel.ALL, plan.channel]
    )
    rules = {
        "may not be written to": Q(~Exists(suppressed)),
        f"did not agree to {plan.over}": agreeing(plan.channel),
        "did not agree to profiling": agreeing(ConsentPurpose.PROFILING),
    }
    if plan.most_messages is not None:
        rules["were written to often enough of late"] = _seldom_written_to(plan, now=now)
    return rules


def _seldom_written_to(plan: Plan, *, now: datetime) -> Q:
    """One message fewer than the most there may be: the plan's own is still to come."""
    since = now - timedelta(days=plan.message_days)
    told = Event.objects.filter(
        unit_id=OuterRef("external_id"),
        name__in=settings.MESSAGE_EVENTS,
        occurred_at__gt=since,
        occurred_at__lte=now,
    )
    given = Exposure.objects.filter(unit_id=OuterRef("external_id"), assigned_at__gt=since)
    # A tool that tells of deliveries makes exposures too: the larger number counts, not the sum.
    often = (
        Contact.objects.annotate(
            told=Coalesce(_times(told, "unit_id"), 0), given=Coalesce(_times(given, "unit_id"), 0)
        )
        .annotate(times=Greatest(F("told"), F("given")))
        .filter(times__gte=plan.most_messages)
    )
    return ~Q(pk__in=often.values("pk"))


def _times(rows: QuerySet[Any], by: str) -> Subquery:
    counted = rows.order_by().values(by).annotate(times=Count("pk")).values("times")
    return Subquery(counted)
