"""Rules as one query: values are bound parameters, conditions true or false, never unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    DecimalField,
    Exists,
    Expression,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Lower
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
    Lookup,
)

from audience.models import Contact, Profile
from audience.rules import (
    AllOf,
    AnyOf,
    Attribute,
    Category,
    Did,
    Everyone,
    InCluster,
    Interest,
    Not,
    Rule,
    Scalar,
    Sentiment,
)
from events.models import Event

ORDERINGS: Mapping[str, type[Lookup]] = {
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
    "lt": LessThan,
    "lte": LessThanOrEqual,
}
# The whole of a number as people and files write it; bounded, so that no value can overflow the
# cast.
NUMBER = r"^\s*(-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?)\s*$"


def contacts_matching(rule: Rule, *, now: datetime) -> QuerySet[Contact]:
    """The contacts a rule describes; `now` is where `within_days` counts back from."""
    return Contact.objects.filter(_condition(rule, now))


def _condition(rule: Rule, now: datetime) -> Q:
    match rule:
        case AllOf(rules):
            return reduce(and_, (_condition(one, now) for one in rules))
        case AnyOf(rules):
            return reduce(or_, (_condition(one, now) for one in rules))
        case Not(inner):
            return ~_condition(inner, now)
        case Everyone():
            return Q(pk__isnull=False)
        case Attribute(name, comparisons):
            return reduce(and_, (_compared(name, *one) for one in comparisons))
        case Did():
            return _did(rule, now)
        case _:
            return Q(Exists(Profile.objects.filter(_of_profile(rule), contact=OuterRef("pk"))))


def _of_profile(rule: Interest | Category | Sentiment | InCluster) -> Q:
    match rule:
        case Interest(phrase):
            return Q(interests__contains=[{"phrase": phrase}])
        case Category(name, at_least):
            share = Cast(KeyTextTransform(name, "categories"), FloatField())
            return Q(_known(GreaterThanOrEqual(share, Value(at_least))))
        case Sentiment(comparisons):
            bounds = (Q(ORDERINGS[bound](F("sentiment"), value)) for bound, value in comparisons)
            return reduce(and_, bounds)
        case InCluster(cluster_id):
            return Q(cluster_id=cluster_id)


def _did(rule: Did, now: datetime) -> Q:
    events = Event.objects.filter(unit_id=OuterRef("external_id"), name=rule.name)
    if rule.within_days is not None:
        events = events.filter(
            occurred_at__gt=now - timedelta(days=rule.within_days), occurred_at__lte=now
        )
    if rule.at_least > 1:
        counted = events.values("unit_id").annotate(times=Count("pk"))
        return Q(Exists(counted.filter(times__gte=rule.at_least)))
    return Q(Exists(events))


def _compared(name: str, comparison: str, value: Any) -> Q:
    if comparison == "exists":
        has_it = Q(attributes__has_key=name)
        return has_it if value else ~has_it
    if comparison == "in":
        return reduce(or_, (Q(_known(_equal(name, one))) for one in value))
    if comparison == "is":
        return Q(_known(_equal(name, value)))
    return Q(_known(ORDERINGS[comparison](_like(name, value), Value(value))))


def _equal(name: str, value: Scalar) -> Expression:
    if isinstance(value, bool):
        return Exact(Lower(_as_text(name)), Value(str(value).lower()))
    return Exact(_like(name, value), Value(value))


def _like(name: str, value: Scalar) -> Expression:
    """The attribute in the kind of value it is compared with: files bring numbers as texts too."""
    if isinstance(value, str):
        return _as_text(name)
    number = Func(_as_text(name), Value(NUMBER), function="substring", output_field=TextField())
    return Cast(number, DecimalField(max_digits=1000, decimal_places=100))


def _as_text(name: str) -> Expression:
    return KeyTextTransform(name, "attributes")


def _known(condition: Expression) -> Expression:
    # "Not" must turn a missing attribute's unknown into true, and SQL's NOT would leave it unknown.
    return Coalesce(condition, Value(value=False), output_field=BooleanField())
