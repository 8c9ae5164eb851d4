"""The chance that a person buys within so many days, from what they bought before. Pure.

Two members judge: a logistic regression over a few features of the orders and, where products
have names, the words of what was bought; and boosted trees over the same features. Both learn
from earlier moments of the same people too. A last logistic regression, fitted on judgements of
people the members had not seen, weighs them nearly alike and makes their sum a calibrated
probability (stacking; Wolpert, 1992).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from audience.behaviour.alive import Alive, Repeats, log_odds
from audience.behaviour.features import behaviour_features
from audience.behaviour.moments import Moment, earlier_moments
from audience.behaviour.orders import Floats, Orders
from audience.behaviour.trees import Trees
from core.errors import DomainError
from inference.heads.ngrams import Hashing, Ngrams
from inference.heads.storing import HeadUnusable, pack, read_weights, unpack

KIND = "purchase"
WEIGHTS = Path(__file__).parent / "weights" / "purchase.npz"
FOLDS = 4
PENALTY = 0.2
# So much larger than a text's n-grams a column is: words are held back more.
LOUDNESS = 0.4
# What an earlier moment's row counts beside one of the moment that is asked about.
EARLIER_WEIGHT = 0.3
LEAST_HOLDING = 10
WORDS = Hashing(words=(1, 1), size=2**14)
LEAST_OF_EACH = 100
STACK_PULL = 30.0
# So large a column is as good as not held back.
FREE = 10.0
FURTHEST = 4.0


class TooFewBuyers(DomainError):
    """Too few people came back, or too few stayed away, to learn from."""


@dataclass(frozen=True)
class Rows:
    """People at one moment or several: what is known of each, and whether they came back.

    Attributes:
        columns: Shape (rows, features).
        counted: N-grams of the names of what each bought, sparse; shape (rows, places).
        came_back: Shape (rows,).
        who: Which unit each is; shape (rows,).
        back: How many moments before the one that is asked about; shape (rows,).
    """

    columns: Floats
    counted: Any
    came_back: NDArray[np.bool_]
    who: NDArray[np.int64]
    back: NDArray[np.int64]

    def where(self, kept: NDArray[np.bool_]) -> Rows:
        return Rows(
            self.columns[kept],
            self.counted[np.flatnonzero(kept)],
            self.came_back[kept],
            self.who[kept],
            self.back[kept],
        )

    @property
    def weights(self) -> Floats:
        return np.where(self.back == 0, 1.0, EARLIER_WEIGHT)


@dataclass(frozen=True)
class Linear:
    """A logistic regression over standardised columns and, where there are names, words."""

    centre: Floats
    scale: Floats
    weights: Floats
    intercept: float
    ngrams: Ngrams
    word_weights: Floats

    @classmethod
    def fit(cls, rows: Rows) -> Linear:
        from sklearn.linear_model import LogisticRegression

        asked = rows.back == 0
        centre, spread = rows.columns[asked].mean(0), rows.columns[asked].std(0)
        scale = np.where(spread > 1e-9, spread, 1.0)
        ngrams = Ngrams.fit(WORDS, rows.counted[np.flatnonzero(asked)], least=LEAST_HOLDING)
        # A moment's own level, which nobody is asked about.
        levels = FREE * (rows.back[:, None] == np.arange(1, rows.back.max() + 1))
        told = LOUDNESS * _standardise(rows.columns, centre, scale)
        parts = [
            scipy.sparse.csr_matrix(told),
            scipy.sparse.csr_matrix(levels),
            ngrams.weigh(rows.counted),
        ]
        model = LogisticRegression(C=PENALTY, solver="liblinear", random_state=0)
        model.fit(scipy.sparse.hstack(parts, format="csr"), rows.came_back, rows.weights)
        own, ends = model.coef_[0], told.shape[1] + levels.shape[1]
        return cls(
            centre,
            scale,
            LOUDNESS * own[: told.shape[1]],
            float(model.intercept_[0]),
            ngrams,
            own[ends:],
        )

    def log_odds(self, columns: Floats, counted: Any) -> Floats:
        judged = _standardise(columns, self.centre, self.scale) @ self.weights + self.intercept
        return np.asarray(judged + self.ngrams.weigh(counted) @ self.word_weights)


@dataclass(frozen=True)
class Members:
    """The two that judge."""

    linear: Linear
    boosted: Trees

    @classmethod
    def fit(cls, rows: Rows) -> Members:
        columns = np.column_stack([rows.columns, rows.back])
        return cls(Linear.fit(rows), Trees.boosted(columns, rows.came_back, rows.weights, seed=0))

    def log_odds(self, columns: Floats, counted: Any) -> Floats:
        """Of the moment that is asked about, shape (rows, 2)."""
        now = np.column_stack([columns, np.zeros(len(columns))])
        return np.column_stack([self.linear.log_odds(columns, counted), self.boosted.sums(now)])


@dataclass(frozen=True)
class PurchaseModel:
    """A fitted model.

    Attributes:
        days: How far ahead it looks.
        names: The features it was fitted on, in order.
        alive: Who is still a customer; three of the features.
        members: What judges.
        stack: Weight of each member, then the intercept.
        about: Where the weights come from: command, digest, quality.
    """

    days: float
    names: tuple[str, ...]
    alive: Alive
    members: Members
    stack: Floats
    about: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(
        cls,
        orders: Orders,
        bought: NDArray[np.bool_],
        *,
        at: float,
        days: float,
        seed: int,
        about: Mapping[str, Any] | None = None,
    ) -> PurchaseModel:
        """Learn who of the units bought within `days` after `at`.

        Args:
            orders: Those before `at`; each unit has at least one.
            bought: Whether a unit ordered from `at` on, within `days`; shape (units,).
            at: In days since 1970.
            days: How far ahead `bought` looked.
            seed: Of folds and trees.

        Raises:
            TooFewBuyers: Fewer than 100 did, or did not.
        """
        least = min(int(bought.sum()), int((~bought).sum()))
        if least < LEAST_OF_EACH:
            raise TooFewBuyers(
                f"only {least} of {len(bought)} people are on the smaller side: "
                f"it takes {LEAST_OF_EACH} who bought again and as many who did not"
            )
        alive = Alive.fit(Repeats.of(orders, at=at))
        asked = Moment(orders, bought, np.arange(orders.units), at, days)
        every = [asked, *earlier_moments(orders, at=at, days=days)]
        rows = _rows(every, alive, float(np.median(orders.value)))
        now = rows.where(rows.back == 0)
        judged = np.zeros((orders.units, 2))
        for held_out in folds(orders.units, count=FOLDS, seed=seed):
            members = Members.fit(rows.where(~held_out[rows.who]))
            theirs = now.where(held_out)
            judged[held_out] = members.log_odds(theirs.columns, theirs.counted)
        return cls(
            days=days,
            names=tuple(_features(orders, alive, at=at, days=days)),
            alive=alive,
            members=Members.fit(rows),
            stack=_stacked(judged, bought),
            about=about or {},
        )

    def probabilities(self, orders: Orders, *, at: float, money: float | None = None) -> Floats:
        """The chance of an order within `days` after `at`, shape (units,).

        Args:
            orders: Those before `at`; each unit has at least one.
            at: In days since 1970.
            money: The shop's median order; None: the median of these.
        """
        found = _features(orders, self.alive, at=at, days=self.days, money=money)
        if tuple(found) != self.names:
            raise HeadUnusable("the purchase weights were fitted on other features: fit them again")
        columns = np.column_stack(list(found.values()))
        judged = self.members.log_odds(columns, WORDS.count(_words_of_units(orders)))
        return np.asarray(1 / (1 + np.exp(-(judged @ self.stack[:-1] + self.stack[-1]))))

    def pack(self) -> bytes:
        linear = self.members.linear
        about = {
            "days": self.days,
            "names": self.names,
            "alive": asdict(self.alive),
            "intercept": linear.intercept,
            "start": self.members.boosted.start,
            "provenance": dict(self.about),
        }
        arrays: dict[str, NDArray[Any]] = {
            "centre": linear.centre,
            "scale": linear.scale,
            "weights": linear.weights,
            "word_places": linear.ngrams.places,
            "word_rare": linear.ngrams.rare,
            "word_weights": linear.word_weights,
            "stack": self.stack,
            **self.members.boosted.as_arrays("boosted"),
        }
        return pack(KIND, about, arrays)

    @classmethod
    def unpack(cls, stored: bytes) -> PurchaseModel:
        """Raises HeadUnusable where the bytes are no purchase model."""
        about, arrays = unpack(KIND, stored)
        if "alive" not in about:
            raise HeadUnusable("the purchase weights are of an older make: fit them again")
        linear = Linear(
            arrays["centre"],
            arrays["scale"],
            arrays["weights"],
            about["intercept"],
            Ngrams(WORDS, arrays["word_places"], arrays["word_rare"]),
            arrays["word_weights"],
        )
        return cls(
            days=about["days"],
            names=tuple(about["names"]),
            alive=Alive(**about["alive"]),
            members=Members(linear, Trees.from_arrays(arrays, "boosted", about["start"])),
            stack=arrays["stack"],
            about=about["provenance"],
        )


@cache
def shipped_purchase() -> PurchaseModel:
    """The weights in the repository, read once per process."""
    return PurchaseModel.unpack(read_weights(WEIGHTS))


def folds(rows: int, *, count: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    """For each fold, which rows are held out.

    >>> [fold.sum().item() for fold in folds(5, count=2, seed=0)]
    [3, 2]
    """
    own = np.random.default_rng(seed).permutation(rows) % count
    for fold in range(count):
        yield own == fold


def _rows(moments: Sequence[Moment], alive: Alive, money: float) -> Rows:
    columns = [
        np.column_stack(
            list(_features(one.orders, alive, at=one.at, days=one.days, money=money).values())
        )
        for one in moments
    ]
    return Rows(
        columns=np.vstack(columns),
        counted=WORDS.count([names for one in moments for names in _words_of_units(one.orders)]),
        came_back=np.concatenate([one.came_back for one in moments]),
        who=np.concatenate([one.who for one in moments]),
        back=np.repeat(np.arange(len(moments)), [len(one.who) for one in moments]),
    )


def _features(
    orders: Orders, alive: Alive, *, at: float, days: float, money: float | None = None
) -> dict[str, Floats]:
    found = behaviour_features(orders, at=at, money=money)
    repeats = Repeats.of(orders, at=at)
    return {
        **found,
        "alive": log_odds(alive.chance_alive(repeats)),
        "buys_if_alive": log_odds(alive.chance_if_alive(repeats, days=days)),
        "buys": log_odds(alive.chance_to_buy(repeats, days=days)),
    }


def _words_of_units(orders: Orders) -> list[str]:
    said: list[list[str]] = [[] for _ in range(orders.units)]
    for unit, words in zip(orders.unit.tolist(), orders.words, strict=True):
        said[unit].append(words)
    return [" ".join(own) for own in said]


def _stacked(judged: Floats, bought: NDArray[np.bool_]) -> Floats:
    """Weights near equal ones: members say nearly the same, and free weights would follow chance.

    The members' mean is weighed freely, which calibrates it; what each says beside the mean is
    held back (ridge).
    """
    from sklearn.linear_model import LogisticRegression

    mean = judged.mean(1, keepdims=True)
    columns = np.hstack([FREE * mean, judged - mean])
    model = LogisticRegression(C=1 / STACK_PULL, max_iter=1000).fit(columns, bought)
    apart = model.coef_[0, 1:]
    shared = FREE * model.coef_[0, 0] / judged.shape[1]
    return np.append(shared + apart - apart.mean(), model.intercept_[0])


def _standardise(columns: Floats, centre: Floats, scale: Floats) -> Floats:
    # No further out than a person there: a shop of other habits must not be extrapolated to.
    return np.clip((columns - centre) / scale, -FURTHEST, FURTHEST)
