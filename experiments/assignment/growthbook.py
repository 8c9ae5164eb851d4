"""An experiment in GrowthBook's own words, run as their SDKs run it: what `check_bucketing` checks.

The order is theirs: fewer than two variations, disabled, the variation named in the URL, one forced
in the context, inactive, no id to hash, filters or else the namespace, condition, prerequisites,
the hash, a forced variation, QA mode, stopped. What we do not evaluate is an error with a name.

Source: GrowthBook, "Build your own SDK" (Experiment.run, isFilteredOut, getQueryStringOverride).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.assignment.conditions import ConditionUnknown, meets_condition
from experiments.assignment.hashing import BUCKETS_BY_VERSION, HashVersion, bucket
from experiments.assignment.splitting import NOT_ENROLLED, bucket_ranges, choose_range

# They narrow who is enrolled, so a run that ignored one would be wrong without saying so.
UNSUPPORTED = frozenset({"urlPatterns", "url", "include", "groups"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What a run found.

    Attributes:
        variation: Position of the variation shown; the first, for who is not enrolled.
        is_enrolled: Whether the user counts for the experiment.
        is_hashed: Whether the hash decided, and no one's wish.
    """

    variation: int = 0
    is_enrolled: bool = False
    is_hashed: bool = False


def run_experiment(experiment: Mapping[str, Any], context: Mapping[str, Any]) -> Enrolment:
    """Run one experiment for one user.

    Args:
        experiment: `key`, `variations` and what else GrowthBook's JSON has for one.
        context: `attributes`, and maybe `enabled`, `url`, `forcedVariations`, `qaMode`, `features`
            and `savedGroups`.

    Raises:
        ConditionUnknown: The experiment targets in a way that is not supported.

    >>> run_experiment({"key": "my-test", "variations": ["a", "b"]}, {"attributes": {"id": "7"}})
    Enrolment(variation=0, is_enrolled=True, is_hashed=True)
    """
    count = len(experiment["variations"])
    if count < 2 or context.get("enabled") is False:
        return Enrolment()
    wished = _wished(experiment["key"], context, count)
    if wished is not None:
        return _given(wished, count)
    is_inactive = experiment.get("active") is False or experiment.get("status") == "draft"
    if is_inactive or not _is_eligible(experiment, context):
        return Enrolment()
    variation = _hashed(experiment, context)
    if variation == NOT_ENROLLED:
        return Enrolment()
    if experiment.get("force") is not None:
        return _given(experiment["force"], count)
    if context.get("qaMode") or experiment.get("status") == "stopped":
        return Enrolment()
    return Enrolment(variation=variation, is_enrolled=True, is_hashed=True)


def variation_in_url(key: str, url: str, count: int) -> int | None:
    """The variation that a URL's query names for the experiment, if there is such a one.

    >>> variation_in_url("my-test", "https://shop.example/?a=b&my-test=1#top", 2)
    1
    """
    query = url.partition("?")[2].partition("#")[0]
    for pair in query.split("&"):
        name, _, text = pair.partition("=")
        if name == key:
            is_number = text.isascii() and text.isdigit()
            return int(text) if is_number and int(text) < count else None
    return None


def _wished(key: str, context: Mapping[str, Any], count: int) -> int | None:
    named = variation_in_url(key, context.get("url", ""), count)
    return context.get("forcedVariations", {}).get(key) if named is None else named


def _given(variation: int, count: int) -> Enrolment:
    is_known = 0 <= variation < count
    return Enrolment(variation=variation if is_known else 0, is_enrolled=is_known)


def _is_eligible(experiment: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    unsupported = sorted(UNSUPPORTED & {key for key, value in experiment.items() if value})
    if unsupported:
        raise ConditionUnknown(f"targeting by {', '.join(unsupported)} is not supported")
    unit = _hash_value(context, experiment.get("hashAttribute"))
    if not unit:
        return False
    if experiment.get("filters"):
        if not all(_passes_filter(context, one) for one in experiment["filters"]):
            return False
    elif experiment.get("namespace") and not is_in_namespace(unit, experiment["namespace"]):
        return False
    attributes, groups = context.get("attributes", {}), context.get("savedGroups")
    return meets_condition(attributes, experiment.get("condition") or {}, groups) and all(
        _meets_prerequisite(parent, context) for parent in experiment.get("parentConditions") or []
    )


def is_in_namespace(unit: str, namespace: Sequence[Any]) -> bool:
    """Whether the unit falls into a namespace written as [key, start, end].

    >>> is_in_namespace("7", ["checkout", 0, 1])
    True
    """
    key, start, end = namespace
    return bool(start <= bucket(unit, f"__{key}", version=1) < end)


def _hash_value(context: Mapping[str, Any], attribute: str | None) -> str:
    value = context.get("attributes", {}).get(attribute or "id")
    # As JavaScript reads it: null, zero, false and the empty text are no id.
    if not value:
        return ""
    if value is True:
        return "true"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _passes_filter(context: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    unit = _hash_value(context, one.get("attribute"))
    place = hash_or_none(unit, one["seed"], one.get("hashVersion", 2)) if unit else None
    return place is not None and choose_range(place, one["ranges"]) != NOT_ENROLLED


def _meets_prerequisite(parent: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    feature = context.get("features", {}).get(parent["id"], {})
    if feature.get("rules"):
        raise ConditionUnknown("a prerequisite with rules is not supported")
    value = {"value": feature.get("defaultValue")}
    return meets_condition(value, parent["condition"], context.get("savedGroups"))


def _hashed(experiment: Mapping[str, Any], context: Mapping[str, Any]) -> int:
    unit = _hash_value(context, experiment.get("hashAttribute"))
    seed = experiment.get("seed") or experiment["key"]
    place = hash_or_none(unit, seed, experiment.get("hashVersion") or 1)
    if place is None:
        return NOT_ENROLLED
    coverage = experiment.get("coverage")
    ranges = experiment.get("ranges") or bucket_ranges(
        len(experiment["variations"]),
        coverage=1.0 if coverage is None else coverage,
        weights=experiment.get("weights"),
    )
    return choose_range(place, ranges)


def hash_or_none(unit: str, seed: str, version: int) -> float | None:
    """The bucket, or None for a version of the hash that does not exist.

    >>> hash_or_none("é", "seed", 2), hash_or_none("é", "seed", 3)
    (0.8663, None)
    """
    known: Mapping[int, HashVersion] = {1: 1, 2: 2}
    return bucket(unit, seed, version=known[version]) if version in BUCKETS_BY_VERSION else None
