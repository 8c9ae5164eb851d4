"""Who gets what under a budget: a multiple-choice knapsack with a known bound.

Each contact gets one action or is left alone. With a price lambda on money, everyone takes the
action with the largest profit - lambda cost; of those with something to gain, the first so many are
reached. The smallest price at which the budget holds is found by halving; what it leaves over goes
to the best exchanges. No choice can earn more than the dual value lambda B + sum of the best
so many max(0, profit - lambda cost), at any lambda >= 0, so the distance to it is known.

Source: Sinha and Zoltners (1979), Operations Research 27 (the multiple-choice knapsack problem).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from campaigns.strategy.actions import LEAVE_ALONE, Column, Matrix, Places
from core.errors import InputRefused

HALVINGS = 40
GROWTH = 1.05
SAMPLE = 20_000
# A choice this near its bound is not searched further.
CLOSE = 1e-5
# Exchanges beyond the first that does not fit, looked at one by one.
LATE_EXCHANGES = 2_000
SMALL = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a plan may use.

    Attributes:
        budget: Money for messages and discounts; None: as much as it takes.
        most_contacts: How many may be reached; None: everyone.

    Raises:
        InputRefused: A limit is below zero.
    """

    budget: float | None = None
    most_contacts: int | None = None

    def __post_init__(self) -> None:
        for field in ("budget", "most_contacts"):
            value = getattr(self, field)
            if value is not None and not value >= 0:
                raise InputRefused(f"{field}: give zero or more", field=field)

    def scaled(self, share: float) -> Limits:
        """The same limits for a part of the people.

        >>> Limits(budget=10.0, most_contacts=7).scaled(0.5)
        Limits(budget=5.0, most_contacts=4)
        """
        return Limits(
            budget=None if self.budget is None else self.budget * share,
            most_contacts=None if self.most_contacts is None else round(self.most_contacts * share),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who gets what.

    Attributes:
        actions: Shape (contacts,): 0 is left alone, a is the a-th action.
        profit: Sum over contacts, as the figures given say.
        spent: Sum of the costs.
        reached: Contacts with an action.
        bound: No choice within the limits has a larger profit.
        price: Of money: what the last unit of the budget earns.
    """

    actions: Places
    profit: float
    spent: float
    reached: int
    bound: float
    price: float

    @property
    def gap(self) -> float:
        """How far the profit may be below the best there is, as a share of it."""
        return max(0.0, 1 - self.profit / self.bound) if self.bound > 0 else 0.0


def choose(profit: Matrix, cost: Matrix, limits: Limits, *, rng: np.random.Generator) -> Choice:
    """The most profitable choice within the limits, or close to it.

    Args:
        profit: Shape (contacts, actions): expected profit against being left alone.
        cost: Shape (contacts, actions): what each takes from the budget, 0 or more.
        limits: Budget and number of contacts.
        rng: Decides between contacts who are alike.

    >>> found = choose(
    ...     np.array([[5.0, 6.0], [4.0, 0.0], [-1.0, -2.0]]), np.array([[1.0, 3.0]] * 3),
    ...     Limits(budget=2.0), rng=np.random.default_rng(1),
    ... )
    >>> found.actions.tolist(), found.profit, found.spent
    ([1, 1, 0], 9.0, 2.0)
    """
    order = rng.permutation(len(profit))
    found = _Search(profit[order], cost[order], limits).run()
    actions = np.empty(len(profit), dtype=np.int64)
    actions[order] = found.actions
    return Choice(
        actions=actions,
        profit=found.profit,
        spent=found.spent,
        reached=found.reached,
        bound=found.bound,
        price=found.price,
    )


class _Search:
    """One search, on contacts in a random order."""

    def __init__(self, profit: Matrix, cost: Matrix, limits: Limits) -> None:
        self._profit, self._cost, self._limits = profit, cost, limits
        # By action: columns that lie together are read several times as fast.
        self._profits, self._costs = np.ascontiguousarray(profit.T), np.ascontiguousarray(cost.T)
        self._budget = np.inf if limits.budget is None else limits.budget
        most = len(profit) if limits.most_contacts is None else limits.most_contacts
        self._most = min(most, len(profit))
        self._rows = np.arange(len(profit))
        self._bound = np.inf

    def run(self) -> Choice:
        free = self._at(0.0)
        if self._spent(free) <= self._budget:
            return self._chosen(free, 0.0)
        low, over, high, kept = self._bracket(free)
        for _ in range(HALVINGS):
            if high - low <= 1e-9 * high or self._is_close(kept):
                break
            middle = (low + high) / 2
            found = self._at(middle)
            if self._spent(found) <= self._budget:
                high, kept = middle, found
            else:
                low, over = middle, found
        return self._chosen(self._polished(self._filled(kept, over)), high)

    def _bracket(self, free: Places) -> tuple[float, Places, float, Places]:
        """A price at which too much is spent and one at which it is not, with their choices."""
        low, over = 0.0, free
        top = self._price_of_nothing()
        guess = min(self._guess(), top)
        while True:
            found = self._at(guess)
            if self._spent(found) <= self._budget:
                break
            low, over = guess, found
            guess = top if guess >= top / GROWTH else guess * GROWTH
        if not low:
            lower = guess / GROWTH
            below = self._at(lower)
            if self._spent(below) > self._budget:
                low, over = lower, below
            else:
                guess, found = lower, below
        return low, over, guess, found

    def _guess(self) -> float:
        """The price that a part of the contacts would have; they stand in a random order."""
        if len(self._profit) < 2 * SAMPLE:
            return self._price_of_nothing() / 2
        part = slice(0, SAMPLE)
        share = SAMPLE / len(self._profit)
        sample = _Search(self._profit[part], self._cost[part], self._limits.scaled(share))
        return max(sample.run().price, 1e-12)

    def _is_close(self, actions: Places) -> bool:
        earned = float(self._of(self._profit, actions, self._rows).sum())
        return earned >= self._bound * (1 - CLOSE)

    def _at(self, price: float) -> Places:
        """Everyone's best action at a price of money; notes the bound that this price gives."""
        value = np.zeros(len(self._rows))
        actions = np.zeros(len(self._rows), dtype=np.int64)
        for place, (profit, cost) in enumerate(zip(self._profits, self._costs, strict=True)):
            net = profit - price * cost if price else profit
            is_better = net > value
            np.copyto(value, net, where=is_better)
            np.copyto(actions, place + 1, where=is_better)
        over = np.count_nonzero(actions) - self._most
        if over > 0:
            last = np.argpartition(value, len(value) - self._most - 1)[: len(value) - self._most]
            actions[last], value[last] = LEAVE_ALONE, 0.0
        dual = float(value.sum()) + (price * self._budget if price else 0.0)
        self._bound = min(self._bound, dual)
        return actions

    def _price_of_nothing(self) -> float:
        """A price at which nobody's action pays but those that cost nothing."""
        costly = self._cost > 0
        earned = np.divide(self._profit, self._cost, out=np.zeros_like(self._profit), where=costly)
        return float(earned.max()) * (1 + 1e-9) + 1e-12

    def _filled(self, kept: Places, over: Places) -> Places:
        """Spend what is left on the exchanges, from what was kept, that earn the most for it."""
        chosen = kept.copy()
        rows = np.flatnonzero(kept != over)
        gain = self._of(self._profit, over, rows) - self._of(self._profit, kept, rows)
        price = self._of(self._cost, over, rows) - self._of(self._cost, kept, rows)
        worth = (gain > 0) & (over[rows] != LEAVE_ALONE)
        rows, gain, price = rows[worth], gain[worth], price[worth]
        order = np.argsort(-gain / np.maximum(price, 1e-12), kind="stable")
        left = self._budget - self._spent(kept)
        room = self._most - np.count_nonzero(kept)
        fits = np.cumsum(price[order]) <= left
        fits &= np.cumsum(kept[rows[order]] == LEAVE_ALONE) <= room
        first = int(np.argmin(fits)) if not fits.all() else len(order)
        taken = rows[order[:first]]
        chosen[taken] = over[taken]
        left -= float(price[order[:first]].sum())
        room -= int((kept[taken] == LEAVE_ALONE).sum())
        for place in order[first : first + LATE_EXCHANGES]:
            is_new = kept[rows[place]] == LEAVE_ALONE
            if price[place] <= left and (room > 0 or not is_new):
                chosen[rows[place]] = over[rows[place]]
                left -= float(price[place])
                room -= int(is_new)
        return chosen

    def _polished(self, chosen: Places) -> Places:
        """Of few contacts one exchange is much: take the best single ones while they fit."""
        if self._profit.size > SMALL:
            return chosen
        for _ in range(len(chosen)):
            left = self._budget - self._spent(chosen)
            gain = self._profit - self._of(self._profit, chosen, self._rows)[:, None]
            price = self._cost - self._of(self._cost, chosen, self._rows)[:, None]
            is_full = np.count_nonzero(chosen) >= self._most
            fits = (gain > 1e-12) & (price <= left) & ~(is_full & (chosen == LEAVE_ALONE))[:, None]
            if not fits.any():
                break
            row, action = np.unravel_index(np.where(fits, gain, -np.inf).argmax(), gain.shape)
            chosen[row] = action + 1
        return chosen

    def _of(self, table: Matrix, actions: Places, rows: Places) -> Column:
        if not table.shape[1]:
            return np.zeros(len(rows))
        found = table[rows, np.maximum(actions[rows], 1) - 1]
        return np.where(actions[rows] == LEAVE_ALONE, 0.0, found)

    def _spent(self, actions: Places) -> float:
        return float(self._of(self._cost, actions, self._rows).sum())

    def _chosen(self, actions: Places, price: float) -> Choice:
        return Choice(
            actions=actions,
            profit=float(self._of(self._profit, actions, self._rows).sum()),
            spent=self._spent(actions),
            reached=int(np.count_nonzero(actions)),
            bound=self._bound,
            price=price,
        )


def picked(table: Matrix, actions: Places) -> Column:
    """Each contact's figure under the action chosen for them; 0 where they are left alone.

    >>> picked(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([2, 0])).tolist()
    [2.0, 0.0]
    """
    if not table.shape[1]:
        return np.zeros(len(table))
    found = table[np.arange(len(table)), np.maximum(actions, 1) - 1]
    return np.where(actions == LEAVE_ALONE, 0.0, found)
