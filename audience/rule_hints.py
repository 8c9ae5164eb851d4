"""What a valid rule asks for that nobody has: most likely a slip, so the nearest name is told."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from audience.models import Cluster
from audience.rule_queries import contacts_matching
from audience.rules import leaves, parse_rule
from audience.selectors import latest_clustering
from audience.selectors.vocabulary import Vocabulary
from events.models import Event

LISTED = 6
MANY = 10**9
BOUNDED = ("sentiment", "purchase_intent", "total")
MOMENTS = ("wrote", "first", "last")
# How a name is looked up where the sample does not know it: a rule that holds for all who have it.
_ANY: Mapping[str, Mapping[str, Any]] = {
    "attribute": {"exists": True},
    "habit": {"exists": True},
    "aspect": {"gte": -1},
    "interest": {},
    "category": {},
}
_SAYS = {
    "attribute": "No contact has the attribute",
    "habit": "No profile has the habit",
    "aspect": "No profile has an opinion on",
    "interest": "No profile has the interest",
    "category": "No profile has the category",
}


def rule_hints(rule: Any, *, now: datetime) -> list[str]:
    """A sentence for each name or value in a parsed rule that nobody has.

    >>> rule_hints({"everyone": True}, now=datetime(2025, 1, 1))
    []
    """
    words = Vocabulary()
    return list(dict.fromkeys(hint for _, leaf in leaves(rule) for hint in _of(leaf, words, now)))


def _of(leaf: Mapping[str, Any], words: Vocabulary, now: datetime) -> Iterator[str]:
    yield from _contradictions(leaf)
    kind = next(iter(set(leaf) & {*_ANY, "did", "did_not", "group", "cluster"}), "")
    if kind in _ANY:
        yield from _of_name(kind, leaf, words, now)
    elif kind in ("did", "did_not"):
        name = leaf[kind]
        if name not in words.did and not Event.objects.filter(name=name).exists():
            yield f"No event is called “{name}”. {_instead(name, words.did)}"
    elif kind == "group" and leaf["group"] not in words.group:
        named = [f"{pk} ({name})" for pk, name in words.group.items()]
        yield f"The newest fit has no group {leaf['group']}. {_listed(named)}"
    elif kind == "cluster" and not _is_of_the_newest_fit(leaf["cluster"]):
        yield (
            f"Cluster {leaf['cluster']} is not of the newest fit, so nobody is in it. Ask for its "
            "group, which stays from fit to fit."
        )


def _contradictions(leaf: Mapping[str, Any]) -> Iterator[str]:
    """Bounds between which nothing lies."""
    if leaf.get("at_most", MANY) < leaf.get("at_least", 1):
        yield f"At least {leaf['at_least']} times and at most {leaf['at_most']}: nobody is both."
    # Of an attribute that is a list, one element may be the one and another the other.
    windows = () if "attribute" in leaf else (leaf, *(leaf.get(key, {}) for key in MOMENTS))
    for window in windows:
        within, before = window.get("within_days", MANY), window.get("before_days", 0)
        if within <= before:
            yield f"Within the last {within} days and before the last {before}: no time is between."
    for bounds in (leaf if "aspect" in leaf else {}, *(leaf.get(key, {}) for key in BOUNDED)):
        low = max((bounds[key] for key in ("gt", "gte") if key in bounds), default=-math.inf)
        high = min((bounds[key] for key in ("lt", "lte") if key in bounds), default=math.inf)
        if low > high or (low == high and bounds.keys() & {"gt", "lt"}):
            yield f"No number is above {low} and below {high}."


def _of_name(kind: str, leaf: Mapping[str, Any], words: Vocabulary, now: datetime) -> Iterator[str]:
    name, known = leaf[kind], getattr(words, kind)
    if name in known:
        if kind == "attribute":
            yield from _of_values(name, leaf, words, now)
    elif leaf.get("exists") is not False and not _anybody({kind: name, **_ANY[kind]}, now):
        yield f"{_SAYS[kind]} “{name}”. {_instead(name, known)}"


def _of_values(
    name: str, leaf: Mapping[str, Any], words: Vocabulary, now: datetime
) -> Iterator[str]:
    known = words.values.get(name, ())
    asked = [leaf["is"]] if "is" in leaf else leaf.get("in", [])
    for value in asked if known else ():
        if value not in known and not _anybody({"attribute": name, "is": value}, now):
            texts = [str(one) for one in known]
            yield f"Nobody’s {name} is “{value}”. {_instead(str(value), texts)}"


def _anybody(rule: Mapping[str, Any], now: datetime) -> bool:
    return contacts_matching(parse_rule(rule), now=now).exists()


def _is_of_the_newest_fit(cluster: int) -> bool:
    return Cluster.objects.filter(pk=cluster, clustering=latest_clustering()).exists()


def _instead(name: str, known: Sequence[str]) -> str:
    """The names that look like it, whatever their capitals; else what there is."""
    by_lower = {one.lower(): one for one in reversed(known)}
    near = [by_lower[one] for one in get_close_matches(name.lower(), by_lower, n=2, cutoff=0.7)]
    if near:
        return f"Did you mean {' or '.join(f'“{one}”' for one in near)}?"
    return _listed([f"“{one}”" for one in known])


def _listed(known: Sequence[str]) -> str:
    if not known:
        return "There are none yet."
    end = ", …" if len(known) > LISTED else "."
    return f"There {'is' if len(known) == 1 else 'are'}: {', '.join(known[:LISTED])}{end}"
