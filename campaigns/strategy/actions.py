"""What may be done for a contact, and what a sale is then worth to the shop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InputRefused

Column = NDArray[np.float64]
Matrix = NDArray[np.float64]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEAVE_ALONE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a plan may do; it was an arm of an experiment, or nobody knows what it does.

    Attributes:
        key: Names it in a plan.
        name: For people.
        margin: Share of the full price that is left after what the goods cost, 0 to 1.
        discount: Share of the full price that is taken off, 0 to below 1.
        contact_cost: Of one message, in the shop's currency.
        least_margin: Share of the reduced price that has to be left.

    Raises:
        InputRefused: A share or cost means nothing, or the discount eats the margin.

    >>> Action(key="ten", name="10 % off", margin=0.4, discount=0.1).kept
    0.33333333333333337
    """

    key: str
    name: str
    margin: float
    discount: float = 0.0
    contact_cost: float = 0.0
    least_margin: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.margin <= 1:
            raise InputRefused(
                "margin: give the share of the full price that is left, as 0.4", field="margin"
            )
        if not 0 <= self.discount < 1:
            raise InputRefused(
                "discount: give the share of the price taken off, as 0.1", field="discount"
            )
        if not self.contact_cost >= 0:
            raise InputRefused("contact_cost: give what a message costs, 0 or more", field="cost")
        if self.kept < self.least_margin or self.kept < 0:
            raise InputRefused(
                f"discount: {self.name} leaves {self.kept:.0%} of the reduced price, and at least "
                f"{max(self.least_margin, 0):.0%} has to be left. Take a smaller discount",
                field="discount",
            )

    @property
    def kept(self) -> float:
        """What is left of a reduced price p (1 - d): 1 - (1 - margin) / (1 - d)."""
        return 1 - (1 - self.margin) / (1 - self.discount)

    @property
    def given_away(self) -> float:
        """Discount per unit of money paid: d / (1 - d)."""
        return self.discount / (1 - self.discount)

    def profit(self, paid: Column) -> Column:
        """Profit of a contact who got this and paid so much, shape (contacts,).

        Whoever would have bought anyway pays less, and that is in here: the profit is of all that
        they paid, and is held against the profit of those who got nothing.

        >>> Action(key="a", name="A", margin=0.5, contact_cost=1.0).profit(np.array([0.0, 10.0]))
        array([-1.,  4.])
        """
        return self.kept * paid - self.contact_cost

    def cost(self, paid: Column) -> Column:
        """What it takes from a budget: the message, and the discount on what is paid.

        >>> Action(key="a", name="A", margin=0.5, discount=0.2).cost(np.array([8.0]))
        array([2.])
        """
        return self.given_away * np.maximum(paid, 0) + self.contact_cost
