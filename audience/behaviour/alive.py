"""Who is still a customer, and buys at what pace: BG/NBD (Fader, Hardie and Lee, 2005). Pure.

Each buys at a steady rate of their own (gamma over people) and stays away for good after any
purchase with a chance of their own (beta over people). Four numbers tell a shop's people apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from audience.behaviour.orders import Floats, Orders

MONTH = 30.4375
# Where a shop's people hardly differ, the likelihood is flat: this far it is followed.
FURTHEST = 7.0
CERTAIN = 1e-4


@dataclass(frozen=True)
class Repeats:
    """What the model needs of each person, shape (units,); days with orders count once each.

    Attributes:
        count: Days with an order after the first.
        last: Days from the first order to the last.
        known: Days from the first order to the moment looked back from.
    """

    count: Floats
    last: Floats
    known: Floats

    @classmethod
    def of(cls, orders: Orders, *, at: float) -> Repeats:
        """Of orders before `at`; every unit must have one."""
        days = np.unique(np.column_stack([orders.unit, np.floor(orders.at)]), axis=0)
        unit = days[:, 0].astype(np.int64)
        counts = np.bincount(unit, minlength=orders.units)
        ends = np.cumsum(counts)
        first, last = days[ends - counts, 1], days[ends - 1, 1]
        return cls((counts - 1).astype(float), last - first, np.maximum(at - first, 1.0))


@dataclass(frozen=True)
class Alive:
    """A fitted BG/NBD model, in months.

    Attributes:
        shape: r of the gamma over rates.
        scale: alpha of it.
        leave: a of the beta over the chance to stay away after a purchase.
        stay: b of it.
    """

    shape: float
    scale: float
    leave: float
    stay: float

    @classmethod
    def fit(cls, repeats: Repeats) -> Alive:
        """By maximum likelihood.

        >>> few = Repeats(np.zeros(9), np.zeros(9), np.full(9, 300.0))
        >>> bool(Alive.fit(few).chance_to_buy(few, days=90).max() < 0.01)
        True
        """

        def lost(logs: Floats) -> float:
            return -_log_likelihood(np.exp(logs), repeats)

        start = np.array([0.0, 1.0, 0.0, 1.0])
        found = scipy.optimize.minimize(
            lost, start, method="L-BFGS-B", bounds=[(-FURTHEST, FURTHEST)] * 4
        )
        return cls(*(float(value) for value in np.exp(found.x)))

    def chance_alive(self, repeats: Repeats) -> Floats:
        """That they have not left for good, shape (units,).

        Published of the CDNOW customers, in weeks:

        >>> cdnow = Alive(0.243, 4.414 * 7 / MONTH, 0.793, 2.426)
        >>> one = Repeats(np.array([2.0]), np.array([30.43 * 7]), np.array([38.86 * 7]))
        >>> cdnow.chance_alive(one).round(4).tolist()
        [0.7266]
        """
        again = np.maximum(repeats.count, 1)
        power = self.shape + repeats.count
        longer = np.log((self.scale + repeats.known / MONTH) / (self.scale + repeats.last / MONTH))
        gone = self.leave / (self.stay + again - 1) * np.exp(np.minimum(power * longer, 50))
        return np.asarray(1 / (1 + np.where(repeats.count > 0, gone, 0.0)))

    def chance_if_alive(self, repeats: Repeats, *, days: float) -> Floats:
        """Of at least one order within `days`, of who has not left; shape (units,)."""
        seen = self.scale + repeats.known / MONTH
        return np.asarray(1 - (seen / (seen + days / MONTH)) ** (self.shape + repeats.count))

    def chance_to_buy(self, repeats: Repeats, *, days: float) -> Floats:
        """Of at least one order within `days`, shape (units,)."""
        return self.chance_alive(repeats) * self.chance_if_alive(repeats, days=days)


def log_odds(chances: Floats) -> Floats:
    bounded = chances.clip(CERTAIN, 1 - CERTAIN)
    return np.asarray(np.log(bounded / (1 - bounded)))


def _log_likelihood(of: Floats, repeats: Repeats) -> float:
    """The mean per person (equation 6 of the paper, on a log scale)."""
    r, alpha, a, b = of
    count = repeats.count
    last, known = repeats.last / MONTH, repeats.known / MONTH
    rates = scipy.special.gammaln(r + count) - scipy.special.gammaln(r) + r * np.log(alpha)
    stays = (
        scipy.special.gammaln(a + b)
        + scipy.special.gammaln(b + count)
        - scipy.special.gammaln(b)
        - scipy.special.gammaln(a + b + count)
    )
    is_here = -(r + count) * np.log(alpha + known)
    left = np.log(a) - np.log(b + np.maximum(count, 1) - 1) - (r + count) * np.log(alpha + last)
    left = np.where(count > 0, left, -np.inf)
    return float(np.mean(rates + stays + np.logaddexp(is_here, left)))
