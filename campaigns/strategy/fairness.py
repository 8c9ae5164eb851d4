"""Whether protected groups are treated alike, and how a plan is mended where they are not.

Protected attributes (age band, gender, region, and what the shop names) are never features of a
model. That alone is no fairness: other features may stand in for them. So the rule looks at what
comes out: in every group of enough people, the share that is reached may differ from everybody's by
`reached_tolerance` at most, and the mean discount by `discount_tolerance`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from campaigns.strategy.actions import LEAVE_ALONE, Column, Matrix, Places
from core.errors import InputRefused
from experiments.stats.multiplicity import holm

UNKNOWN = "not known"
LEVEL = 0.05
PRICE_SWEEPS = 15
PRICE_SLACK = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A protected attribute of every contact.

    Attributes:
        name: For people.
        labels: Of its groups.
        codes: Shape (contacts,): the place of each contact's label.
    """

    name: str
    labels: tuple[str, ...]
    codes: Places

    @classmethod
    def of(cls, name: str, values: Sequence[str]) -> Attribute:
        """From one label for each contact.

        >>> Attribute.of("gender", ["f", "m", "f"]).labels
        ('f', 'm')
        """
        labels, codes = np.unique(np.asarray(values, dtype=object).astype(str), return_inverse=True)
        return cls(name=name, labels=tuple(map(str, labels)), codes=codes.astype(np.int64))

    def part(self, rows: Places) -> Attribute:
        """The contacts at these places."""
        return Attribute(name=self.name, labels=self.labels, codes=self.codes[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessRule:
    """How alike groups have to be treated.

    Attributes:
        reached_tolerance: How far a group's reached share may be from everybody's.
        discount_tolerance: How far its mean discount may be, as a share of the price.
        least_group: Groups of fewer people are shown and not judged: chance alone moves them.

    Raises:
        InputRefused: A tolerance is not between 0 and 1.
    """

    reached_tolerance: float = 0.05
    discount_tolerance: float = 0.01
    least_group: int = 100

    def __post_init__(self) -> None:
        for field in ("reached_tolerance", "discount_tolerance"):
            if not 0 <= getattr(self, field) <= 1:
                raise InputRefused(f"{field}: give a share between 0 and 1, as 0.05", field=field)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTreatment:
    """How one group is treated, beside everybody.

    Attributes:
        attribute: The protected attribute.
        group: Its value.
        people: Of the group.
        reached: Share of them with an action.
        discount: Mean discount over all of them, reached or not.
        reached_apart: Reached share minus everybody's.
        discount_apart: Mean discount minus everybody's.
        is_judged: The group is large enough and its value known.
        is_apart: A difference is above the tolerance.
        is_beyond_chance: Picking people blindly would not part them so, after Holm's correction.
    """

    attribute: str
    group: str
    people: int
    reached: float
    discount: float
    reached_apart: float
    discount_apart: float
    is_judged: bool
    is_apart: bool
    is_beyond_chance: bool


def report_treatment(
    actions: Places, discounts: Column, attributes: Iterable[Attribute], rule: FairnessRule
) -> tuple[GroupTreatment, ...]:
    """How every group is treated.

    Args:
        actions: Shape (contacts,): 0 is left alone, a is the a-th action.
        discounts: Shape (actions,): discount of each action.
        attributes: Of the contacts.
        rule: Tolerances.

    >>> gender = Attribute.of("gender", ["f", "m"] * 100)
    >>> found = report_treatment(np.array([1, 0] * 100), np.array([0.2]), [gender], FairnessRule())
    >>> [(one.group, one.reached, round(one.discount, 2), one.is_apart) for one in found]
    [('f', 1.0, 0.2, True), ('m', 0.0, 0.0, True)]
    """
    is_reached = (actions != LEAVE_ALONE).astype(np.float64)
    depth = np.append(0.0, discounts)[actions]
    drafts = [
        _group(attribute, code, is_reached, depth, rule)
        for attribute in attributes
        for code in range(len(attribute.labels))
    ]
    adjusted = holm([p_value for _, p_value in drafts]) if drafts else ()
    return tuple(
        replace(group, is_beyond_chance=p_value < LEVEL)
        for (group, _), p_value in zip(drafts, adjusted, strict=True)
    )


def is_fair(found: Iterable[GroupTreatment]) -> bool:
    """Whether every group that is judged is within the tolerances."""
    return not any(group.is_apart and group.is_judged for group in found)


def mend(
    profit: Matrix,
    actions: Places,
    discounts: Column,
    attributes: Sequence[Attribute],
    rule: FairnessRule,
) -> Places:
    """Bring every group within the tolerances, and change as little as that takes.

    In each combination of groups, each action goes to as many people as before, or, where that is
    too far from everybody's share of it, to as many as the tolerance allows. Who they are is
    decided by profit, as before. Half the tolerance is used, for everybody's share moves too, and
    it is divided between the actions.

    Args:
        profit: Shape (contacts, actions).
        actions: Shape (contacts,): the choice to mend.
        discounts: Shape (actions,).
        attributes: Of the contacts.
        rule: Tolerances.

    Returns:
        Shape (contacts,).
    """
    count = profit.shape[1]
    shares = np.bincount(actions, minlength=count + 1)[1:] / max(1, len(actions))
    depth = max(float(discounts.max(initial=0.0)), 1e-9)
    room = min(rule.reached_tolerance, rule.discount_tolerance / depth) / (2 * count)
    mended = actions.copy()
    for rows in _cells(attributes, len(actions)):
        own = np.bincount(actions[rows], minlength=count + 1)[1:]
        least = np.ceil((shares - room) * len(rows) - 1e-9)
        most = np.floor((shares + room) * len(rows) + 1e-9)
        # A small cell may have no whole number between the two; the nearest one then serves.
        nearest = np.round(shares * len(rows))
        least, most = np.minimum(least, nearest), np.maximum(most, nearest)
        wanted = np.clip(own, np.maximum(least, 0), most).astype(np.int64)
        if (wanted != own).any():
            mended[rows] = fill_quotas(profit[rows], wanted)
    return mended


def fill_quotas(profit: Matrix, quotas: Places) -> Places:
    """Give each action to exactly so many contacts, so that little profit is lost.

    Each action gets a price at which about as many want it as may have it. Then, in rounds,
    everyone left takes their best action among those not full; where more want one than may have
    it, those who would lose most by their next best go first.

    Args:
        profit: Shape (contacts, actions).
        quotas: Shape (actions,): together at most the contacts.

    >>> fill_quotas(np.array([[3.0, 1.0], [3.0, 2.9], [0.5, 0.4]]), np.array([1, 1])).tolist()
    [1, 2, 0]
    """
    quotas = np.asarray(quotas).copy()
    chosen = np.zeros(len(profit), dtype=np.int64)
    spare = len(profit) - int(quotas.sum())
    # Being left alone is an action too, with what is left over as its quota.
    table = np.hstack([np.zeros((len(profit), 1)), profit])
    room = np.append(spare, quotas)
    table = table - _clearing_prices(table, room)
    waiting = np.arange(len(profit))
    while len(waiting):
        open_to = np.where(room > 0, table[waiting], -np.inf)
        best = open_to.argmax(axis=1)
        regret = _regret(open_to, best)
        placed = np.zeros(len(waiting), dtype=bool)
        for action in np.flatnonzero(room > 0):
            wanting = np.flatnonzero(best == action)
            first = wanting[np.argsort(-regret[wanting], kind="stable")][: room[action]]
            chosen[waiting[first]] = action
            placed[first] = True
            room[action] -= len(first)
        waiting = waiting[~placed]
    return chosen


def _clearing_prices(table: Matrix, room: Places) -> Column:
    """Prices at which each action is wanted by about as many as it has room for.

    One action's price is set at a time, to the place-th largest of what contacts would pay for it
    rather than take their next best.
    """
    prices = np.zeros(table.shape[1])
    for _ in range(PRICE_SWEEPS):
        before = prices.copy()
        for action in range(table.shape[1]):
            others = table - prices
            others[:, action] = -np.inf
            worth = table[:, action] - others.max(axis=1)
            prices[action] = _nth_largest(worth, int(room[action]))
        if np.abs(prices - before).max() < PRICE_SLACK:
            break
    return prices


def _nth_largest(worth: Column, place: int) -> float:
    """A number that `place` of the values are above."""
    if place >= len(worth):
        return float(worth.min()) - 1.0
    first = -np.partition(-worth, place)[: place + 1]
    return float((first[:place].min(initial=first[place] + 1.0) + first[place]) / 2)


def _regret(open_to: Matrix, best: Places) -> Column:
    """What each contact would lose by their second best; nothing, where there is none."""
    rows = np.arange(len(best))
    others = open_to.copy()
    top = others[rows, best]
    others[rows, best] = -np.inf
    second = others.max(axis=1)
    return np.where(np.isfinite(second), top - second, 0.0)


def _cells(attributes: Sequence[Attribute], people: int) -> list[Places]:
    """Contacts by their combination of groups."""
    code = np.zeros(people, dtype=np.int64)
    for attribute in attributes:
        code = code * len(attribute.labels) + attribute.codes
    order = np.argsort(code, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(code[order])) + 1) if people else []


def _group(
    attribute: Attribute, code: int, is_reached: Column, depth: Column, rule: FairnessRule
) -> tuple[GroupTreatment, float]:
    """The group, and the p-value of its difference, not yet corrected for the other groups."""
    rows = attribute.codes == code
    people = int(rows.sum())
    reached, discount = (_mean(one[rows]) for one in (is_reached, depth))
    apart = reached - _mean(is_reached), discount - _mean(depth)
    group = GroupTreatment(
        attribute=attribute.name,
        group=attribute.labels[code],
        people=people,
        reached=reached,
        discount=discount,
        reached_apart=apart[0],
        discount_apart=apart[1],
        is_judged=people >= rule.least_group and attribute.labels[code] != UNKNOWN,
        is_apart=abs(apart[0]) > rule.reached_tolerance + 1e-9
        or abs(apart[1]) > rule.discount_tolerance + 1e-9,
        is_beyond_chance=False,
    )
    return group, min(1.0, 2 * min(_p_value(is_reached, rows), _p_value(depth, rows)))


def _mean(values: Column) -> float:
    return float(values.mean()) if len(values) else 0.0


def _p_value(values: Column, rows: np.ndarray) -> float:
    """Of the group's mean, had its members been picked blindly from everybody (finite sample)."""
    people, group = len(values), int(rows.sum())
    spread = float(values.var(ddof=1)) if people > 1 else 0.0
    if not spread or not 0 < group < people:
        return 1.0
    error = math.sqrt(spread / group * (1 - group / people))
    return math.erfc(abs(float(values[rows].mean() - values.mean())) / error / math.sqrt(2))
