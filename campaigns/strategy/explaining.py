"""Why somebody gets something, in words: a shallow tree that imitates the models' profits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from campaigns.strategy.actions import Action, Matrix, Places
from core.money import money

DEPTH = 3
LEAST_SHARE = 0.02
LEAST_PEOPLE = 20
FITTED_ON = 100_000
EVERYONE = "Everyone"
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """What a model is told of a contact.

    Attributes:
        name: As it stands in a sentence, e.g. "orders in the last year".
        is_yes_no: 1 or 0, e.g. "prefers the web".
        is_count: Whole and not below 0.
        decimals: Of its values in a sentence.
        unit: Of its values, e.g. "EUR"; empty for none.
    """

    name: str
    is_yes_no: bool = False
    is_count: bool = False
    decimals: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """People whom the models see alike.

    Attributes:
        conditions: What they have in common, e.g. ("orders in the last year: more than 2",).
        people: How many.
        profits: Mean expected profit of each action with them.
        counts: How many are left alone, and how many get each action.
    """

    conditions: tuple[str, ...]
    people: int
    profits: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A plan in a few sentences.

    Attributes:
        segments: Largest first.
        places: Shape (contacts,): each contact's segment.
        fidelity: Share of the variation of expected profits that the segments tell, 0 to 1; 1 where
            there is none.
        weights: The features the segments rest on, with the share of the telling each does.
    """

    segments: tuple[Segment, ...]
    places: Places
    fidelity: float
    weights: tuple[tuple[str, float], ...]


def explain(
    features: Matrix,
    names: Sequence[Feature],
    profit: Matrix,
    actions: Places,
    *,
    rng: np.random.Generator,
) -> Explanation:
    """Segments of contacts whose expected profits are alike.

    Args:
        features: Shape (contacts, features).
        names: One for each feature.
        profit: Shape (contacts, actions): expected by the models.
        actions: Shape (contacts,): 0 is left alone.
        rng: Draws the contacts the tree is fitted on, where there are many.
    """
    if not len(profit) or not profit.shape[1] or float(np.ptp(profit, axis=0).max()) < 1e-12:
        everyone = np.zeros(len(profit), dtype=np.int64)
        return _told(everyone, [(EVERYONE,)], profit, actions, fidelity=1.0, weights=())
    tree = _fit(features, profit, rng=rng)
    leaves = tree.apply(features)
    kinds, places = np.unique(leaves, return_inverse=True)
    paths = dict(_paths(tree.tree_, names))
    weights = sorted(
        ((names[at].name, float(share)) for at, share in enumerate(tree.feature_importances_)),
        key=lambda one: -one[1],
    )
    return _told(
        places.reshape(-1),
        [paths[int(kind)] for kind in kinds],
        profit,
        actions,
        fidelity=_fidelity(profit, places.reshape(-1)),
        weights=tuple((name, share) for name, share in weights if share >= 0.01),
    )


def say(
    segment: Segment,
    actions: Sequence[Action],
    *,
    currency: str = "",
    is_message_usual: bool = False,
) -> str:
    """A segment in a sentence; whom no action is chosen for gets nothing, or the usual message.

    >>> club = Action(key="ten", name="10 % off", margin=0.4, discount=0.1)
    >>> say(
    ...     Segment(conditions=("newcomer: yes",), people=50, profits=(1.25,), counts=(10, 40)),
    ...     [club],
    ...     currency="EUR",
    ... )  # doctest: +NORMALIZE_WHITESPACE
    'Newcomer: yes. 10 % off is expected to bring 1.25 EUR each;
    40 of 50 get it, 10 are left alone.'
    """
    best = int(np.argmax(segment.profits)) if segment.profits else 0
    parts = [
        f"{action.name} is expected to bring {money(profit, currency)} each"
        for place, (action, profit) in enumerate(zip(actions, segment.profits, strict=True))
        if place == best or segment.counts[place + 1]
    ]
    got = [
        f"{count:,} of {segment.people:,} get {'it' if len(parts) == 1 else action.name}"
        for action, count in zip(actions, segment.counts[1:], strict=True)
        if count
    ]
    rest = segment.counts[0]
    if is_message_usual:
        got += [f"{rest:,} {'gets' if rest == 1 else 'get'} the usual message"] if rest else []
    else:
        got += [f"{rest:,} {'is' if rest == 1 else 'are'} left alone"] if rest else []
    who = "; ".join(segment.conditions)
    return f"{who[:1].upper()}{who[1:]}. {', '.join(parts)}; {', '.join(got)}."


def _fit(features: Matrix, profit: Matrix, *, rng: np.random.Generator) -> Any:
    from sklearn.tree import DecisionTreeRegressor

    rows = rng.permutation(len(features))[:FITTED_ON]
    apart = profit[rows] - profit[rows].mean(axis=0)
    spread = apart.std(axis=0)
    # Of an action that is worth the same with everybody only rounding is left; told in its own
    # spread, that would drown the others.
    differs = spread > ROUNDING * np.abs(profit[rows]).max(axis=0)
    tree = DecisionTreeRegressor(
        max_depth=DEPTH,
        min_samples_leaf=max(LEAST_PEOPLE, int(LEAST_SHARE * len(rows))),
        random_state=int(rng.integers(2**31)),
    )
    return tree.fit(features[rows], np.where(differs, apart, 0.0) / np.where(differs, spread, 1.0))


def _paths(tree: Any, names: Sequence[Feature]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every leaf of the tree with the bounds on the way to it."""
    waiting: list[tuple[int, dict[int, tuple[float, float]]]] = [(0, {})]
    while waiting:
        node, bounds = waiting.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left == right:
            yield (
                node,
                tuple(_bounded(names[at], *pair) for at, pair in bounds.items()) or (EVERYONE,),
            )
            continue
        at, cut = int(tree.feature[node]), float(tree.threshold[node])
        low, high = bounds.get(at, (-np.inf, np.inf))
        waiting.append((left, bounds | {at: (low, min(high, cut))}))
        waiting.append((right, bounds | {at: (max(low, cut), high)}))


def _bounded(feature: Feature, low: float, high: float) -> str:
    """A feature between bounds; the lower one is outside, the upper one inside.

    >>> _bounded(Feature(name="orders", is_count=True), 1.5, 3.5)
    'orders: 2 to 3'
    >>> _bounded(Feature(name="spent", unit="EUR"), -np.inf, 40.2)
    'spent: 40 EUR or less'
    """
    if feature.is_yes_no:
        return f"{feature.name}: {'yes' if low > -np.inf else 'no'}"
    if feature.is_count:
        return f"{feature.name}: {_counted(low, high)}"
    shown = [f"{value:.{feature.decimals}f} {feature.unit}".strip() for value in (low, high)]
    if low == -np.inf:
        return f"{feature.name}: {shown[1]} or less"
    if high == np.inf:
        return f"{feature.name}: more than {shown[0]}"
    return f"{feature.name}: more than {shown[0]}, at most {shown[1]}"


def _counted(low: float, high: float) -> str:
    """Whole numbers above one bound and up to the other.

    >>> _counted(-np.inf, 0.5), _counted(-np.inf, 3.5), _counted(0.5, np.inf), _counted(0.5, 1.5)
    ('none', '3 or less', '1 or more', '1')
    """
    least, most = np.floor(low) + 1, np.floor(high)
    if most == np.inf:
        return f"{least:.0f} or more"
    if least == -np.inf:
        return f"{most:.0f} or less" if most else "none"
    return f"{least:.0f}" if least == most else f"{least:.0f} to {most:.0f}"


def _fidelity(profit: Matrix, places: Places) -> float:
    total = ((profit - profit.mean(axis=0)) ** 2).sum(axis=0)
    sizes = np.bincount(places)
    told = np.zeros(profit.shape[1])
    for action in range(profit.shape[1]):
        means = np.bincount(places, profit[:, action]) / sizes
        told[action] = (sizes * (means - profit[:, action].mean()) ** 2).sum()
    differs = total > 1e-12
    return float((told[differs] / total[differs]).mean()) if differs.any() else 1.0


def _told(
    places: Places,
    conditions: Sequence[tuple[str, ...]],
    profit: Matrix,
    actions: Places,
    *,
    fidelity: float,
    weights: tuple[tuple[str, float], ...],
) -> Explanation:
    sizes = np.bincount(places, minlength=len(conditions))
    order = np.argsort(-sizes, kind="stable")
    rank = np.argsort(order, kind="stable")
    return Explanation(
        segments=tuple(
            _segment(conditions[one], places == one, profit, actions) for one in order.tolist()
        ),
        places=rank[places],
        fidelity=fidelity,
        weights=weights,
    )


def _segment(
    conditions: tuple[str, ...], rows: np.ndarray, profit: Matrix, actions: Places
) -> Segment:
    people = int(rows.sum())
    counts = np.bincount(actions[rows], minlength=profit.shape[1] + 1)
    means = profit[rows].mean(axis=0) if people else np.zeros(profit.shape[1])
    return Segment(
        conditions=conditions,
        people=people,
        profits=tuple(float(mean) for mean in means),
        counts=tuple(int(count) for count in counts),
    )
