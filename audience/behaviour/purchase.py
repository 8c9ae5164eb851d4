"""The chance that a person buys within so many days, from what they bought before. Pure.

Up to four members judge: over the features of their orders a logistic regression, boosted trees
and a forest, and, where products have names, a logistic regression over the words of what they
bought. A last logistic regression, fitted on judgements of people the members had not seen, weighs
them nearly alike and makes their sum a calibrated probability (stacking; Wolpert, 1992).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audience.behaviour.features import behaviour_features
from audience.behaviour.orders import Floats, Orders
from audience.behaviour.trees import Trees
from core.errors import DomainError
from inference.heads.ngrams import Hashing, Ngrams
from inference.heads.storing import HeadUnusable, pack, read_weights, unpack

KIND = "purchase"
WEIGHTS = Path(__file__).parent / "weights" / "purchase.npz"
FOLDS = 4
PENALTY = 0.03
# Product names repeat: their logit is held back more than one over people's own words.
WORDS_PENALTY = 0.3
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
class Linear:
    """A logistic regression over standardised columns."""

    centre: Floats
    scale: Floats
    weights: Floats
    intercept: float

    @classmethod
    def fit(cls, columns: Floats, is_positive: NDArray[np.bool_]) -> Linear:
        from sklearn.linear_model import LogisticRegression

        centre, spread = columns.mean(0), columns.std(0)
        scale = np.where(spread > 1e-9, spread, 1.0)
        model = LogisticRegression(C=PENALTY, max_iter=1000)
        model.fit(_standardise(columns, centre, scale), is_positive)
        return cls(centre, scale, model.coef_[0], float(model.intercept_[0]))

    def log_odds(self, columns: Floats) -> Floats:
        return _standardise(columns, self.centre, self.scale) @ self.weights + self.intercept


@dataclass(frozen=True)
class Wording:
    """A logistic regression over the words of what a person bought."""

    ngrams: Ngrams
    weights: Floats
    intercept: float

    @classmethod
    def fit(cls, texts: Sequence[str], is_positive: NDArray[np.bool_]) -> Wording:
        from sklearn.linear_model import LogisticRegression

        counted = WORDS.count(texts)
        ngrams = Ngrams.fit(WORDS, counted, least=LEAST_HOLDING)
        model = LogisticRegression(C=WORDS_PENALTY, solver="liblinear", random_state=0)
        model.fit(ngrams.weigh(counted), is_positive)
        return cls(ngrams, model.coef_[0], float(model.intercept_[0]))

    def log_odds(self, texts: Sequence[str]) -> Floats:
        return np.asarray(self.ngrams.transform(texts) @ self.weights + self.intercept)


@dataclass(frozen=True)
class PurchaseModel:
    """A fitted model.

    Attributes:
        days: How far ahead it looks.
        names: The features it was fitted on, in order.
        linear: Member over the features.
        boosted: Member over the same.
        forest: Member over the same.
        wording: Member over words; None where products had no names.
        stack: Weight of each member, then the intercept.
        about: Where the weights come from: command, digest, quality.
    """

    days: float
    names: tuple[str, ...]
    linear: Linear
    boosted: Trees
    forest: Trees
    wording: Wording | None
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
        columns, names, words = _columns(orders, at)
        judged = np.zeros((len(bought), 4 if words else 3))
        for held_out in folds(len(bought), count=FOLDS, seed=seed):
            members = _Members.fit(columns[~held_out], _kept(words, ~held_out), bought[~held_out])
            judged[held_out] = members.log_odds(columns[held_out], _kept(words, held_out))
        members = _Members.fit(columns, words, bought)
        return cls(
            days=days,
            names=names,
            linear=members.linear,
            boosted=members.boosted,
            forest=members.forest,
            wording=members.wording,
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
        columns, names, words = _columns(orders, at, money)
        if names != self.names:
            raise HeadUnusable("the purchase weights were fitted on other features: fit them again")
        members = _Members(self.linear, self.boosted, self.forest, self.wording)
        judged = members.log_odds(columns, words or [""] * orders.units)
        return np.asarray(1 / (1 + np.exp(-(judged @ self.stack[:-1] + self.stack[-1]))))

    def pack(self) -> bytes:
        about = {
            "days": self.days,
            "names": self.names,
            "intercept": self.linear.intercept,
            "start": self.boosted.start,
            "provenance": dict(self.about),
        }
        arrays: dict[str, NDArray[Any]] = {
            "centre": self.linear.centre,
            "scale": self.linear.scale,
            "weights": self.linear.weights,
            "stack": self.stack,
            **self.boosted.as_arrays("boosted"),
            **self.forest.as_arrays("forest"),
        }
        if self.wording:
            about["wording_intercept"] = self.wording.intercept
            arrays["wording_places"] = self.wording.ngrams.places
            arrays["wording_rare"] = self.wording.ngrams.rare
            arrays["wording_weights"] = self.wording.weights
        return pack(KIND, about, arrays)

    @classmethod
    def unpack(cls, stored: bytes) -> PurchaseModel:
        """Raises HeadUnusable where the bytes are no purchase model."""
        about, arrays = unpack(KIND, stored)
        wording = None
        if "wording_places" in arrays:
            ngrams = Ngrams(WORDS, arrays["wording_places"], arrays["wording_rare"])
            wording = Wording(ngrams, arrays["wording_weights"], about["wording_intercept"])
        linear = Linear(arrays["centre"], arrays["scale"], arrays["weights"], about["intercept"])
        return cls(
            days=about["days"],
            names=tuple(about["names"]),
            linear=linear,
            boosted=Trees.from_arrays(arrays, "boosted", about["start"]),
            forest=Trees.from_arrays(arrays, "forest", 0.0),
            wording=wording,
            stack=arrays["stack"],
            about=about["provenance"],
        )


@dataclass(frozen=True)
class _Members:
    linear: Linear
    boosted: Trees
    forest: Trees
    wording: Wording | None

    @classmethod
    def fit(
        cls, columns: Floats, words: Sequence[str] | None, bought: NDArray[np.bool_]
    ) -> _Members:
        return cls(
            Linear.fit(columns, bought),
            Trees.boosted(columns, bought, seed=0),
            Trees.forest(columns, bought, seed=0),
            Wording.fit(words, bought) if words else None,
        )

    def log_odds(self, columns: Floats, words: Sequence[str] | None) -> Floats:
        share = self.forest.sums(columns).clip(0.01, 0.99)
        judged = [self.linear.log_odds(columns), self.boosted.sums(columns)]
        judged.append(np.log(share / (1 - share)))
        if self.wording and words:
            judged.append(self.wording.log_odds(words))
        return np.column_stack(judged)


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


def _columns(
    orders: Orders, at: float, money: float | None = None
) -> tuple[Floats, tuple[str, ...], list[str] | None]:
    found = behaviour_features(orders, at=at, money=money)
    columns = np.column_stack(list(found.values()))
    return columns, tuple(found), _words_of_units(orders) if any(orders.words) else None


def _words_of_units(orders: Orders) -> list[str]:
    said: list[list[str]] = [[] for _ in range(orders.units)]
    for unit, words in zip(orders.unit.tolist(), orders.words, strict=True):
        said[unit].append(words)
    return [" ".join(own) for own in said]


def _kept(words: Sequence[str] | None, kept: NDArray[np.bool_]) -> list[str] | None:
    return [words[row] for row in np.flatnonzero(kept).tolist()] if words else None


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
