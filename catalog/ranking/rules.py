"""The shop's rules over a ranking: what may be shown at all, and how much of one kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Candidate:
    """A scored item with what the rules ask of it; `margin` is a share, None where unknown."""

    item: int
    score: float
    category: str = ""
    brand: str = ""
    group: str = ""
    in_stock: bool = True
    margin: Decimal | None = None


@dataclass(frozen=True)
class Rules:
    """What a shop wants of recommendations.

    Attributes:
        least_margin: Share of the price that has to be left; an unknown margin is then too little.
            None asks nothing.
        most_of_a_category: How many of one category; None is no limit.
        owned_days: How long something bought is not shown again; None is forever.
        excluded_brands: Never shown.
        excluded_categories: Never shown.
    """

    least_margin: Decimal | None = None
    most_of_a_category: int | None = 3
    owned_days: int | None = None
    excluded_brands: frozenset[str] = field(default_factory=frozenset)
    excluded_categories: frozenset[str] = field(default_factory=frozenset)


def choose(
    candidates: Iterable[Candidate],
    rules: Rules,
    *,
    k: int,
    owned: Iterable[int] = (),
    owned_groups: Iterable[str] = (),
) -> list[Candidate]:
    """The best `k` that the rules allow, in the order given.

    Variants of one product (a `group`) are shown once, and not where another of them is owned.
    Where the cap on categories leaves places free, they go to what it held back.

    >>> found = [Candidate(1, 0.9, "a"), Candidate(2, 0.8, "a"), Candidate(3, 0.7, "b")]
    >>> [each.item for each in choose(found, Rules(most_of_a_category=1), k=2)]
    [1, 3]
    >>> [each.item for each in choose(found, Rules(most_of_a_category=1), k=3)]
    [1, 3, 2]
    """
    had, groups = set(owned), set(owned_groups)
    chosen: list[Candidate] = []
    held_back: list[Candidate] = []
    shown: Counter[str] = Counter()
    for candidate in candidates:
        if len(chosen) == k:
            break
        if candidate.item in had or not is_allowed(candidate, rules) or candidate.group in groups:
            continue
        if candidate.group:
            groups.add(candidate.group)
        cap = rules.most_of_a_category
        if cap is not None and candidate.category and shown[candidate.category] >= cap:
            held_back.append(candidate)
            continue
        shown[candidate.category] += 1
        chosen.append(candidate)
    return chosen + held_back[: k - len(chosen)]


def is_allowed(candidate: Candidate, rules: Rules) -> bool:
    """Whether an item may be shown to anybody at all."""
    if not candidate.in_stock:
        return False
    if candidate.brand in rules.excluded_brands and candidate.brand:
        return False
    if candidate.category in rules.excluded_categories and candidate.category:
        return False
    if rules.least_margin is None:
        return True
    return candidate.margin is not None and candidate.margin >= rules.least_margin
