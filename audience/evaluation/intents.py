"""Intents and what is out of scope, on public questions. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audience.behaviour.purchase import folds
from audience.evaluation.measures import Floats, auc, share_interval
from audience.evaluation.reading import Questions, has, read_banking, read_clinc
from audience.evaluation.sentiment import FOLDS, SEED, Encode
from core.evaluation import Figure, Section
from inference.heads.intents import IntentHead

FALSE_REFUSALS = 0.05


@dataclass(frozen=True)
class Judged:
    """Per question: whether the label is right, by the head and by its logit alone; confidence."""

    right: NDArray[np.bool_]
    right_by_logit: NDArray[np.bool_]
    confidence: Floats


def banking_section(train: Path, test: Path | None, encode: Encode) -> Section:
    """Accuracy on BANKING77's official test, or cross-validated over its train part."""
    known = read_banking(train, "train")
    vectors = encode(known.texts)
    if test is not None and has(test, "banking77"):
        asked = read_banking(test, "test")
        head = IntentHead.fit(known.texts, vectors, list(known.labels))
        judged = judge(head, asked, encode(asked.texts))
        how = f"Learnt on all {len(known.texts):,} of train, judged on the official test."
    else:
        judged = _cross_validated(known, vectors)
        how = (
            f"{FOLDS}-fold cross-validation over train's {len(known.texts):,} questions: each "
            "is judged by a head of four fifths of them, so the official test reads higher."
        )
    return Section("Intents (BANKING77, 77 of them)", how, list(_accuracy(judged)))


def clinc_section(train: Path, test: Path | None, encode: Encode) -> Section:
    """Accuracy in scope and refusal out of scope, on CLINC150's test or validation part."""
    known = read_clinc(train, "train")
    head = IntentHead.fit(known.texts, encode(known.texts), list(known.labels))
    is_test = test is not None and has(test, "clinc150")
    folder, part = (test, "test") if is_test and test else (train, "val")
    inside, outside = read_clinc(folder, part), read_clinc(folder, f"oos_{part}")
    figures = scope_figures(head, inside, outside, encode)
    how = (
        f"Learnt on train without its out-of-scope questions, judged on {part}: "
        f"{len(inside.texts):,} questions in scope, {len(outside.texts):,} out of it."
    )
    return Section("Intents and scope (CLINC150, 150 of them)", how, figures)


def scope_figures(
    head: IntentHead, inside: Questions, outside: Questions, encode: Encode
) -> list[Figure]:
    """How well a head names questions in scope, and refuses those out of it."""
    vectors = encode(inside.texts)
    asked = ((inside, vectors), (outside, encode(outside.texts)))
    scopes = [np.array([one.scope for one in head.judge(own.texts, rows)]) for own, rows in asked]
    judged = judge(head, inside, vectors)
    return [*_accuracy(judged, least=None), *_refusals(head, scopes[0], scopes[1])]


def judge(head: IntentHead, asked: Questions, vectors: NDArray[np.float32]) -> Judged:
    """Hold a head against the labels of questions it has not seen."""
    names = np.array(head.labels)
    chances = head.probabilities(asked.texts, vectors)
    logits = vectors @ head.weights.T + head.intercepts
    return Judged(
        right=names[chances.argmax(1)] == asked.labels,
        right_by_logit=names[logits.argmax(1)] == asked.labels,
        confidence=chances.max(1),
    )


def _cross_validated(known: Questions, vectors: NDArray[np.float32]) -> Judged:
    rows = len(known.texts)
    right, by_logit = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
    confidence = np.zeros(rows)
    for held_out in folds(rows, count=FOLDS, seed=SEED):
        inside, outside = np.flatnonzero(~held_out), np.flatnonzero(held_out)
        texts = [known.texts[row] for row in inside]
        head = IntentHead.fit(texts, vectors[inside], list(known.labels[inside]))
        asked = Questions(tuple(known.texts[row] for row in outside), known.labels[outside])
        judged = judge(head, asked, vectors[outside])
        right[outside], by_logit[outside] = judged.right, judged.right_by_logit
        confidence[outside] = judged.confidence
    return Judged(right, by_logit, confidence)


def _accuracy(judged: Judged, least: float | None = 0.93) -> Iterator[Figure]:
    rows = len(judged.right)
    accuracy = float(judged.right.mean())
    low, high = share_interval(int(judged.right.sum()), rows)
    yield Figure("accuracy", accuracy, low, high, least=least)
    known = "known on the official test: .930" if least else "known on the test: .955"
    by_logit = float(judged.right_by_logit.mean())
    yield Figure("accuracy, logit of vectors", by_logit, note=known)
    excess = float(judged.confidence.mean()) - accuracy
    yield Figure("mean confidence less accuracy", excess, note="0: confidence is what it says")


def _refusals(head: IntentHead, inside: Floats, outside: Floats) -> Iterator[Figure]:
    is_inside = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))]).astype(bool)
    area = auc(is_inside, np.concatenate([inside, outside]))
    yield Figure("AUROC, in or out of scope", area, least=0.96)
    at_five = float(np.quantile(inside, FALSE_REFUSALS))
    recall = int((outside < at_five).sum())
    yield Figure(
        "out-of-scope recall at 5 % false refusals",
        recall / len(outside),
        *share_interval(recall, len(outside)),
        least=0.80,
    )
    own = head.threshold(false_refusals=FALSE_REFUSALS)
    note = "threshold from train's held-out questions, none of them out of scope"
    yield Figure("false refusals at the head's own threshold", float((inside < own).mean()))
    yield Figure("out-of-scope recall at it", float((outside < own).mean()), note=note)
