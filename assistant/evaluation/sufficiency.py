"""How well an assistant knows what it does not know: answers are taken away and asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.answering.sufficiency import GAP_MAX, MAYBE, SURE, chance_right
from assistant.finding.judging import Asked
from core.evaluation import Figure, Section

FOLDS = 5
# With the similarity of .4 alone that was asked before, .87 of these were answered wrongly.
WRONG_MOST = 0.15


@dataclass(frozen=True, slots=True)
class Trials:
    """Questions asked twice: with their answer among the others, and with it taken away.

    Attributes:
        nearness: Similarity of the nearest, and its lead over the next: shape (trials, 2).
        is_right: Whether the nearest was the answer, shape (trials,).
        groups: Which answer the question belongs to, shape (trials,).
    """

    nearness: NDArray[np.float64]
    is_right: NDArray[np.bool_]
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, questions: Sequence[Asked]) -> Trials:
        """Both trials of each question that found anything else than its answer."""
        rows = [row for asked in questions for row in _both(asked)]
        nearness, is_right, groups = zip(*rows, strict=True)
        return cls(np.array(nearness), np.array(is_right), np.array(groups))

    def chances(self) -> NDArray[np.float64]:
        """`chance_right` of each trial, with the weights in use: shape (trials,)."""
        return np.array([chance_right(best, best - gap) for best, gap in self.nearness])

    def fitted_chances(self) -> NDArray[np.float64]:
        """The same of weights fitted on the questions of other answers: shape (trials,)."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GroupKFold, cross_val_predict

        folds = GroupKFold(FOLDS)
        model = LogisticRegression(C=100)
        found = cross_val_predict(
            model, self.nearness, self.is_right, groups=self.groups, cv=folds,
            method="predict_proba",
        )  # fmt: skip
        return np.asarray(found[:, 1])

    def fitted(self) -> tuple[float, float, float]:
        """Weights of similarity and lead, and the constant, of all the trials."""
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=100).fit(self.nearness, self.is_right)
        return float(model.coef_[0, 0]), float(model.coef_[0, 1]), float(model.intercept_[0])


def _both(asked: Asked) -> Iterator[tuple[tuple[float, float], bool, int]]:
    for is_kept in (asked.groups != -1, asked.groups != asked.wanted):
        groups, dense = asked.groups[is_kept], asked.found.dense[is_kept]
        if not groups.size:
            continue
        first = int(np.argmax(dense))
        others = dense[groups != groups[first]]
        gap = min(GAP_MAX, float(dense[first] - others.max())) if others.size else GAP_MAX
        yield (float(dense[first]), gap), bool(groups[first] == asked.wanted), asked.wanted


def sufficiency_section(questions: Sequence[Asked]) -> Section:
    """What is answered rightly, and what wrongly, beside weights fitted on other answers."""
    from sklearn.metrics import roc_auc_score

    trials = Trials.of(questions)
    is_right, alone = trials.is_right, trials.nearness[:, 0]
    figures = [Figure("AUROC, similarity alone", float(roc_auc_score(is_right, alone)))]
    ways = {"weights in use": trials.chances(), "fitted on others": trials.fitted_chances()}
    for way, chances in ways.items():
        sure, maybe = chances >= SURE, chances >= MAYBE
        figures += [
            Figure(f"AUROC, {way}", float(roc_auc_score(is_right, chances))),
            Figure(f"right ones answered, {way}", _share(sure, is_right)),
            Figure(f"right ones answered or asked back, {way}", _share(maybe, is_right)),
            Figure(f"wrong ones answered, {way}", _share(sure, ~is_right), most=WRONG_MOST),
        ]
    weights = ", ".join(f"{one:.1f}" for one in trials.fitted())
    how = (
        "Each question asked twice, with its answer among the others and with it taken away. "
        f"Fitted on all: {weights}."
    )
    return Section("Knowing when not to answer (StackFAQ)", how, figures)


def _share(chosen: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(chosen[among].mean())
