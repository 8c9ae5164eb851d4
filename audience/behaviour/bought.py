"""What a person buys more than others do: the categories of their orders. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audience.sensitive import is_sensitive

INTERESTS = 8
EVENTS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Bought:
    """Interests and categories of orders, as a profile keeps them, and the orders they rest on."""

    interests: Sequence[Mapping[str, object]] = ()
    categories: Mapping[str, float] = field(default_factory=dict)
    evidence: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def bought(orders: Sequence[tuple[int, Collection[str]]], usual: Mapping[str, float]) -> Bought:
    """What the categories of a person's orders say of them.

    An interest weighs share of own orders * ln(1 + 1 / share of everybody's): class-based TF-IDF
    (Grootendorst, 2022) over categories in place of words. Categories that touch a sensitive trait
    count for nothing.

    Args:
        orders: Event id and categories of each, newest first.
        usual: The share of the shop's orders that hold a category.

    >>> found = bought([(2, {"Home > Rugs"}), (1, {"Tea"})], {"Home > Rugs": 0.1, "Tea": 0.8})
    >>> found.categories
    {'Home > Rugs': 0.5, 'Tea': 0.5}
    >>> [(one["phrase"], one["weight"]) for one in found.interests]
    [('rugs', 1.1989), ('tea', 0.4055)]
    >>> found.evidence["category"]["Tea"]
    {'texts': [], 'events': [1], 'support': 1, 'of': 2}
    """
    told = [(event, _harmless(named)) for event, named in orders if _harmless(named)]
    counts = Counter(name for _, named in told for name in named)
    if not counts:
        return Bought()
    evidence = {name: _piece(name, told) for name in counts}
    weighed = sorted(
        ((_weight(count / len(told), usual.get(name)), name) for name, count in counts.items()),
        key=lambda one: (-one[0], one[1]),
    )
    interests: dict[str, dict[str, object]] = {}
    for weight, name in weighed[:INTERESTS]:
        phrase = phrase_of(name)
        interests.setdefault(phrase, {"phrase": phrase, "weight": weight, "category": name})
    shares = {name: round(count / counts.total(), 4) for name, count in counts.items()}
    return Bought(
        interests=list(interests.values()),
        categories=dict(sorted(shares.items(), key=lambda one: (-one[1], one[0]))),
        evidence={
            "category": evidence,
            "interest": {
                phrase: evidence[str(one["category"])] for phrase, one in interests.items()
            },
        },
    )


def usual_shares(orders: Iterable[Collection[str]]) -> dict[str, float]:
    """The share of the orders with a known category that hold each.

    >>> usual_shares([{"Tea"}, {"Tea", "Rugs"}, set()]) == {"Tea": 1.0, "Rugs": 0.5}
    True
    """
    told = [named for named in orders if named]
    counts = Counter(name for named in told for name in set(named))
    return {name: count / len(told) for name, count in counts.items()}


def phrase_of(category: str) -> str:
    """The last step of a category's path, as people would say it.

    >>> phrase_of("Clothing > Winter Coats"), phrase_of("Tea")
    ('winter coats', 'tea')
    """
    return re.split(r"\s*[>/|]\s*", category.strip(" >/|"))[-1].lower()


def _harmless(named: Collection[str]) -> list[str]:
    return sorted(name for name in set(named) if phrase_of(name) and not is_sensitive(name))


def _weight(share: float, usual: float | None) -> float:
    return round(share * math.log(1 + 1 / (usual or share)), 4)


def _piece(name: str, told: Sequence[tuple[int, Collection[str]]]) -> dict[str, Any]:
    own = [event for event, named in told if name in named]
    return {"texts": [], "events": own[:EVENTS_KEPT], "support": len(own), "of": len(told)}
