"""What a question is about, how sure that is, and whether it is about any of it at all. Pure.

A multinomial logistic regression over the vector is joined by a vote of the nearest examples, by
vector and n-grams together; how much the vote counts, and how far to trust the sum, is learnt from
judgements of examples that were held out. A question is outside when it is far from everything: the
mean of its largest logit, its nearness to the five nearest examples by vector, and the same by
vector and n-grams, each in standard deviations of held-out examples (docs/explanation/profiles.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from core.errors import InputRefused
from inference.heads.ngrams import Floats, Hashing, Ngrams
from inference.heads.storing import pack, unpack

KIND = "intents"
HASHING = Hashing(words=(1, 2), size=2**16, characters=(3, 5))
PENALTY = 20.0
FOLDS = 3
VOTERS = 20
SHARPNESS = 20.0
# No example near: the vote still leaves every label a chance.
FLOOR = 1e-3
PRIOR = 1.0
VOTE_WEIGHTS = (0.0, 0.25, 0.5, 1.0)
NEAREST = 5
ROWS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Intent:
    """A question's most likely label.

    Attributes:
        label: As the examples name it.
        confidence: Calibrated probability that it is this one, if it is any; 0 to 1.
        scope: How much it is like what is known; compare it with `IntentHead.threshold`.
    """

    label: str
    confidence: float
    scope: float


@dataclass(frozen=True)
class Examples:
    """The examples as they are searched."""

    vectors: NDArray[np.float32]
    grams: Any
    label: NDArray[np.intp]

    def subset(self, rows: NDArray[np.intp]) -> Examples:
        return Examples(self.vectors[rows], self.grams[rows], self.label[rows])


@dataclass(frozen=True)
class _Signals:
    """What the parts say of texts: log odds and log votes (texts, labels), scope signals (_, 3)."""

    logits: Floats
    votes: Floats
    scope: Floats


@dataclass(frozen=True)
class IntentHead:
    """A fitted head.

    Attributes:
        labels: Names, in the order of the columns.
        ngrams: N-grams with their rarity.
        examples: What was learnt from.
        weights: Of the logistic regression, shape (labels, size).
        intercepts: Shape (labels,).
        vote_weight: How much the vote of the nearest counts.
        sharpness: What scores are multiplied by, so that confidence is what it says.
        scope_mean: Mean of the scope signals of held-out examples, shape (3,).
        scope_spread: Their standard deviations.
        scopes: Scope scores of held-out examples, ascending: what thresholds are read off.
    """

    labels: tuple[str, ...]
    ngrams: Ngrams
    examples: Examples
    weights: Floats
    intercepts: Floats
    vote_weight: float
    sharpness: float
    scope_mean: Floats
    scope_spread: Floats
    scopes: Floats
    about: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(
        cls, texts: Sequence[str], vectors: NDArray[np.float32], labels: Sequence[str]
    ) -> IntentHead:
        """Learn from examples, at least two of each of at least two labels.

        Args:
            texts: The questions.
            vectors: Their unit vectors, shape (texts, size).
            labels: One per text.

        Raises:
            InputRefused: There are too few labels, or too few examples of one.
        """
        names, label = np.unique(np.asarray(labels), return_inverse=True)
        if len(names) < 2 or np.bincount(label).min() < 2:
            raise InputRefused("it takes two examples of each of two labels", field="labels")
        counted = HASHING.count(texts)
        ngrams = Ngrams.fit(HASHING, counted)
        examples = Examples(np.asarray(vectors, np.float32), ngrams.weigh(counted), label)
        held, truth = _held_out(examples, len(names))
        vote_weight = _best_vote_weight(held, truth)
        mean, spread = held.scope.mean(0), held.scope.std(0).clip(min=1e-9)
        weights, intercepts = _logit(examples.vectors, label, len(names))
        return cls(
            labels=tuple(str(name) for name in names),
            ngrams=ngrams,
            examples=examples,
            weights=weights,
            intercepts=intercepts,
            vote_weight=vote_weight,
            sharpness=_sharpness(_joined(held, vote_weight), truth),
            scope_mean=mean,
            scope_spread=spread,
            scopes=np.sort(((held.scope - mean) / spread).mean(1)),
        )

    def probabilities(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> Floats:
        """Calibrated, shape (texts, labels): if a text is about any of them, about which."""
        return self.chances(texts, vectors)[0]

    def judge(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> list[Intent]:
        """The most likely label of each text."""
        chances, scopes = self.chances(texts, vectors)
        best = chances.argmax(1)
        return [
            Intent(self.labels[place], float(row[place]), float(scope))
            for place, row, scope in zip(best, chances, scopes, strict=True)
        ]

    def threshold(self, *, false_refusals: float = 0.05) -> float:
        """The scope below which a text is refused, so that this share of known ones is too.

        Raises:
            InputRefused: `false_refusals` is not above 0 and below 1.
        """
        if not 0 < false_refusals < 1:
            raise InputRefused("false_refusals must be between 0 and 1", field="false_refusals")
        return float(np.quantile(self.scopes, false_refusals))

    def chances(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> tuple[Floats, Floats]:
        """`probabilities`, and the scope of each text, shape (texts,)."""
        grams = self.ngrams.transform(texts) if len(texts) else scipy.sparse.csr_matrix((0, 0))
        found = _signals(self.examples, self.weights, self.intercepts, vectors, grams)
        scope = ((found.scope - self.scope_mean) / self.scope_spread).mean(1)
        return np.exp(_log_softmax(_joined(found, self.vote_weight) * self.sharpness)), scope

    def without(self, rows: NDArray[np.intp]) -> IntentHead:
        """The head with some examples, by place, neither searched nor stored any more.

        The fitted weights stay: sums over all examples, from which none can be read.
        """
        kept = np.setdiff1d(np.arange(len(self.examples.label)), rows)
        return replace(self, examples=self.examples.subset(kept))

    def pack(self) -> bytes:
        about = {
            "labels": self.labels,
            "vote_weight": self.vote_weight,
            "sharpness": self.sharpness,
            "provenance": dict(self.about),
        }
        grams = self.examples.grams
        arrays = {
            "places": self.ngrams.places,
            "rare": self.ngrams.rare,
            "vectors": self.examples.vectors,
            "grams": grams.data,
            "grams_columns": grams.indices,
            "grams_rows": grams.indptr,
            "label": self.examples.label,
            **{name: getattr(self, name) for name in _ARRAYS},
        }
        return pack(KIND, about, arrays)

    @classmethod
    def unpack(cls, stored: bytes) -> IntentHead:
        """Raises HeadUnusable where the bytes are no intent head."""
        about, arrays = unpack(KIND, stored)
        parts = arrays["grams"], arrays["grams_columns"], arrays["grams_rows"]
        shape = len(arrays["vectors"]), len(arrays["places"])
        return cls(
            labels=tuple(about["labels"]),
            ngrams=Ngrams(HASHING, arrays["places"], arrays["rare"]),
            examples=Examples(
                arrays["vectors"], scipy.sparse.csr_matrix(parts, shape=shape), arrays["label"]
            ),
            vote_weight=about["vote_weight"],
            sharpness=about["sharpness"],
            about=about["provenance"],
            **{name: arrays[name] for name in _ARRAYS},
        )


_ARRAYS = ("weights", "intercepts", "scope_mean", "scope_spread", "scopes")


def _logit(
    vectors: NDArray[np.float32], label: NDArray[np.intp], labels: int
) -> tuple[Floats, Floats]:
    """Weights (labels, size) and intercepts; a label without examples is never the likeliest."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=PENALTY, max_iter=150).fit(vectors, label)
    weights, intercepts = np.zeros((labels, vectors.shape[1])), np.full(labels, -1e3)
    # Of two labels scikit-learn keeps one row: the log odds of the second.
    rows = np.vstack([-model.coef_, model.coef_]) / 2 if len(model.classes_) == 2 else model.coef_
    level = model.intercept_
    weights[model.classes_] = rows
    intercepts[model.classes_] = np.array([-level[0], level[0]]) / 2 if len(level) == 1 else level
    return weights, intercepts


def _held_out(examples: Examples, labels: int) -> tuple[_Signals, NDArray[np.intp]]:
    """What a head that has not seen it says of each example that has a fellow.

    Logits are by heads fitted on the other folds. Nearness and votes leave out the example alone:
    with a fold less among so few, everything would be further away than it is when asked.
    """
    logits = np.zeros((len(examples.label), labels))
    is_judged = np.zeros(len(examples.label), dtype=bool)
    for inside, outside in _folds(examples.label):
        known = examples.subset(inside)
        asked = outside[np.isin(examples.label[outside], known.label)]
        weights, intercepts = _logit(known.vectors, known.label, labels)
        logits[asked] = examples.vectors[asked] @ weights.T + intercepts
        is_judged[asked] = True
    votes, near = _neighbours(
        examples, examples.vectors, examples.grams, labels=labels, is_itself=True
    )
    found = _Signals(logits, votes, np.column_stack([_largest(logits), near]))
    rows = np.flatnonzero(is_judged)
    judged = (one[rows] for one in (found.logits, found.votes, found.scope))
    return _Signals(*judged), examples.label[rows]


def _folds(label: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Each label's examples are dealt out in turn, so that every fold knows every label."""
    order = np.argsort(label, kind="stable")
    place = np.empty(len(label), dtype=np.intp)
    starts = np.searchsorted(label[order], label[order], side="left")
    place[order] = np.arange(len(label)) - starts
    for fold in range(FOLDS):
        is_out = place % FOLDS == fold
        if is_out.any():
            yield np.flatnonzero(~is_out), np.flatnonzero(is_out)


def _signals(
    examples: Examples,
    weights: Floats,
    intercepts: Floats,
    vectors: NDArray[np.float32],
    grams: Any,
) -> _Signals:
    logits = vectors @ weights.T + intercepts
    votes, near = _neighbours(examples, vectors, grams, labels=len(weights))
    return _Signals(logits, votes, np.column_stack([_largest(logits), near]))


def _neighbours(
    examples: Examples,
    vectors: NDArray[np.float32],
    grams: Any,
    *,
    labels: int,
    is_itself: bool = False,
) -> tuple[Floats, Floats]:
    """Log votes (texts, labels) and nearness by vector and by both (texts, 2).

    `is_itself` says that the texts are the examples, none of which may be its own neighbour.
    """
    votes, near = np.zeros((len(vectors), labels)), np.zeros((len(vectors), 2))
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        meant = vectors[rows] @ examples.vectors.T
        both = meant + (grams[rows] @ examples.grams.T).toarray()
        if is_itself:
            own = np.arange(len(meant))
            meant[own, own + start] = both[own, own + start] = -2.0
        votes[rows] = _log_votes(both, examples.label, labels)
        others = len(examples.label) - is_itself
        near[rows, 0], near[rows, 1] = _nearness(meant, others), _nearness(both, others)
    return votes, near


def _largest(logits: Floats) -> Floats:
    return np.asarray(logits.max(1, initial=-np.inf))


def _nearness(similarity: NDArray[np.floating[Any]], others: int) -> Floats:
    """The mean of the five largest in each row, or of as many as there are others."""
    count = min(NEAREST, others)
    largest = np.partition(similarity, similarity.shape[1] - count, axis=1)[:, -count:]
    return np.asarray(largest.mean(1))


def _log_votes(similarity: Floats, label: NDArray[np.intp], labels: int) -> Floats:
    count = min(VOTERS, similarity.shape[1])
    nearest = np.argpartition(-similarity, count - 1, axis=1)[:, :count]
    heard = np.take_along_axis(similarity, nearest, axis=1)
    weight = np.exp(SHARPNESS * (heard - heard.max(1, keepdims=True)))
    votes = np.zeros((len(similarity), labels))
    rows = np.repeat(np.arange(len(similarity)), count)
    np.add.at(votes, (rows, label[nearest].ravel()), weight.ravel())
    return np.log(votes / votes.sum(1, keepdims=True) + FLOOR)


def _joined(found: _Signals, vote_weight: float) -> Floats:
    return _log_softmax(found.logits) + vote_weight * found.votes


def _log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max(1, keepdims=True, initial=-np.inf)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(1, keepdims=True)))


def _best_vote_weight(held: _Signals, truth: NDArray[np.intp]) -> float:
    right = [float((_joined(held, one).argmax(1) == truth).mean()) for one in VOTE_WEIGHTS]
    return VOTE_WEIGHTS[int(np.argmax(right))]


def _sharpness(scores: Floats, truth: NDArray[np.intp]) -> float:
    """The factor that makes held-out examples likeliest (temperature; Guo et al., 2017).

    A normal prior on its logarithm keeps a handful of examples, all named right, from making a head
    certain of everything; of some hundred it is not felt.
    """
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(truth))

    def loss(log_factor: float) -> float:
        named = _log_softmax(scores * np.exp(log_factor))[rows, truth]
        return -float(named.mean()) + PRIOR * log_factor**2 / len(truth)

    return float(np.exp(minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded").x))
