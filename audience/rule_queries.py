"""Rules as one query: values are bound parameters, conditions true or false, never unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import MD5, Cast, Coalesce, Collate, Concat
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from audience.likeness import closest_vectors, vectors_like
from audience.models import Contact, Profile, Segment
from audience.rules import (
    About,
    AllOf,
    AnyOf,
    Attribute,
    Bounds,
    Category,
    Comparisons,
    Consented,
    Did,
    Everyone,
    InCluster,
    InGroup,
    InSegment,
    Intent,
    Interest,
    Not,
    Rule,
    Sentiment,
    Share,
    Suppressed,
    Trait,
    When,
    Wrote,
    parse_rule,
)
from audience.rules.jsonpaths import json_path
from audience.rules.kinds import refused
from audience.shares import threshold
from events.models import Event
from privacy.models import Consent, Suppression

OfProfile = Interest | Category | Sentiment | Intent | Trait | Wrote | InCluster | InGroup
# Of segments that name segments: as many as one query takes up, each as often as it is named.
MAX_SEGMENTS = 50


def contacts_matching(
    rule: Rule, *, now: datetime, within: Sequence[str] = ()
) -> QuerySet[Contact]:
    """The contacts a rule describes; `now` is where days count back from.

    `within` are the keys of the segments the rule is of: it must not lead back to them.

    Raises:
        InputRefused: It names a segment that is not there, or leads in a circle.
    """
    return Contact.objects.filter(_Compiler(now=now).condition(rule, tuple(within)))


class JsonHolds(Func):
    """Whether a JSON column meets a path predicate; unknown is no."""

    template = "COALESCE(%(expressions)s::jsonpath, false)"
    arg_joiner = " @@ "

    def __init__(self, column: str, path: str) -> None:
        super().__init__(F(column), Value(path), output_field=BooleanField())


@dataclass
class _Compiler:
    now: datetime
    _segments: int = 0

    def condition(self, rule: Rule, within: tuple[str, ...]) -> Q:
        if isinstance(rule, OfProfile):
            return _has_profile(self._of_profile(rule))
        match rule:
            case AllOf(rules):
                return self._all(rules, within)
            case AnyOf(rules):
                return reduce(or_, (self.condition(one, within) for one in rules))
            case Not(inner):
                return ~self.condition(inner, within)
            case Everyone():
                return Q(pk__isnull=False)
            case InSegment(key):
                return self._segment(key, within)
            case _:
                return self._of_contact(rule)

    def _all(self, rules: Sequence[Rule], within: tuple[str, ...]) -> Q:
        """What is asked of the profile is asked in one look at it: there is one per contact."""
        of_profile = [self._of_profile(one) for one in rules if isinstance(one, OfProfile)]
        others = [self.condition(one, within) for one in rules if not isinstance(one, OfProfile)]
        if of_profile:
            others.append(_has_profile(reduce(and_, of_profile)))
        return reduce(and_, others)

    def _of_contact(self, rule: Rule) -> Q:
        match rule:
            case Attribute(name, comparisons):
                return _json("attributes", name, comparisons, now=self.now)
            case Consented(purpose, state):
                return _consented(purpose, state)
            case Suppressed(channel):
                return _suppressed(channel)
            case Share(share, salt):
                return _in_share(share, salt)
            case Did():
                return self._did(rule)
            case About(text, _, int(closest)):
                return Q(pk__in=closest_vectors(text, count=closest).values("contact_id"))
            case About(text, at_least):
                like = vectors_like(text, at_least=at_least)
                return Q(Exists(like.filter(contact=OuterRef("pk"))))
        raise TypeError(f"no query is known for {rule!r}")

    def _of_profile(self, rule: OfProfile) -> Q:
        match rule:
            case Interest(phrase):
                return Q(interests__contains=[{"phrase": phrase}])
            case Category(name, at_least):
                share = Cast(KeyTextTransform(name, "categories"), FloatField())
                known = Coalesce(GreaterThanOrEqual(share, Value(at_least)), Value(value=False))
                return Q(known)
            case Sentiment(bounds):
                return _bounded("sentiment", bounds)
            case Intent(bounds):
                return _bounded("purchase_intent", bounds)
            case Trait(column, name, comparisons, inner):
                return _json(column, name, comparisons, now=self.now, inner=inner)
            case Wrote(when):
                return _when("last_text_at", when, now=self.now)
            case InCluster(cluster_id):
                return Q(cluster_id=cluster_id)
            case InGroup(group_id):
                return Q(cluster__identity_id=group_id)

    def _segment(self, key: str, within: tuple[str, ...]) -> Q:
        path = (*within, key)
        if key in within:
            raise refused("segment", f"“{key}” leads back to itself: {' → '.join(path)}")
        self._segments += 1
        if self._segments > MAX_SEGMENTS:
            raise refused(
                "segment", f"leads to more than {MAX_SEGMENTS} segments, one by one: name fewer"
            )
        found = Segment.objects.filter(key=key).first()
        if found is None:
            raise refused("segment", f"“{key}” is not the key of a segment: choose one that is")
        if found.kind == Segment.Kind.CLUSTER:
            return _has_profile(Q(cluster_id=found.cluster_id))
        return self.condition(parse_rule(found.rule), path)

    def _did(self, rule: Did) -> Q:
        window = _when("occurred_at", When(rule.within_days, rule.before_days), now=self.now)
        # What a program did in somebody's name says nothing of them.
        events = Event.objects.filter(
            window, name=rule.name, occurred_at__lte=self.now, bot_reasons=[]
        )
        for name, comparisons in rule.where:
            events = events.filter(_json("properties", name, comparisons, now=self.now))
        if not _is_of_all(rule):
            return Q(Exists(events.filter(unit_id=OuterRef("external_id"))))
        return Q(external_id__in=self._doers(rule, events.values("unit_id")).values("unit_id"))

    def _doers(self, rule: Did, units: QuerySet[Event, Any]) -> QuerySet[Event, Any]:
        """Those whose events taken together are as asked; only what is asked is added up."""
        if rule.at_least > 1 or rule.at_most is not None:
            most = {} if rule.at_most is None else {"times__lte": rule.at_most}
            units = units.annotate(times=Count("*")).filter(times__gte=rule.at_least, **most)
        if rule.total:
            units = units.annotate(total=Sum("value")).filter(_bounded("total", rule.total))
        if rule.first:
            began = units.annotate(began=Min("occurred_at"))
            units = began.filter(_when("began", rule.first, now=self.now))
        if rule.last:
            ended = units.annotate(ended=Max("occurred_at"))
            units = ended.filter(_when("ended", rule.last, now=self.now))
        return units


def _is_of_all(rule: Did) -> bool:
    """Whether more is asked than that one event is there."""
    return bool(
        rule.at_least > 1 or rule.at_most is not None or rule.total or rule.first or rule.last
    )


def _has_profile(condition: Q) -> Q:
    return Q(Exists(Profile.objects.filter(condition, contact=OuterRef("pk"))))


def _bounded(column: str, bounds: Bounds) -> Q:
    return Q(**{f"{column}__{bound}": value for bound, value in bounds})


def _when(column: str, when: When, *, now: datetime) -> Q:
    """A moment the number of days before `now`: none lies after it."""
    bounds: Mapping[str, int | None] = {"gt": when.within_days, "lte": when.before_days}
    return Q(
        **{
            f"{column}__{bound}": now - timedelta(days=days)
            for bound, days in bounds.items()
            if days is not None
        }
    )


def _json(column: str, name: str, comparisons: Comparisons, *, now: datetime, inner: str = "") -> Q:
    places = [(name, inner), (name,)] if inner else [(name,)]
    paths = [json_path(*keys, comparisons=comparisons, now=now) for keys in places]
    holds = Q(JsonHolds(column, " || ".join(paths))) if any(paths) else Q()
    for comparison, wanted in comparisons:
        if comparison == "exists":
            has_it = Q(**{f"{column}__has_key": name})
            holds &= has_it if wanted else ~has_it
    return holds


def _consented(purpose: str, state: str) -> Q:
    said = Consent.objects.filter(subject_id=OuterRef("subject_id"), purpose=purpose)
    if state == "unknown":
        return ~Q(Exists(said))
    return Q(Exists(said.filter(is_given=state == "given")))


def _suppressed(channel: str) -> Q:
    channels = {Suppression.Channel.ALL, channel}
    entries = Suppression.objects.filter(subject_id=OuterRef("subject_id"), channel__in=channels)
    return Q(Exists(entries))


def _in_share(share: float, salt: str) -> Q:
    if share >= 1:
        return Q(pk__isnull=False)
    salted = Concat(Value(f"{salt}\x1f"), "external_id", output_field=TextField())
    return Q(LessThan(Collate(MD5(salted), "C"), Value(threshold(share))))
