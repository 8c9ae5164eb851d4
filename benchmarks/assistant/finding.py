"""How well the right document is found, by words, by meaning, and by both.

Written questions asked in other words (StackFAQ), long documents (the same set's answers alone),
and any folder in the layout of BEIR (Thakur and others, 2021).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from assistant.models import KnowledgeBase
    from assistant.selectors import Found
    from assistant.services import Incoming

FOLDS = 5
AT = 10
SEED = 3


@dataclass(frozen=True, slots=True)
class Task:
    """Documents, and queries with what each document is worth to them.

    Attributes:
        documents: Heading and text by id; the heading may be empty.
        queries: Text and gains by document id.
    """

    documents: Mapping[str, tuple[str, str]]
    queries: Sequence[tuple[str, Mapping[str, float]]]


def written_questions(folder: Path) -> dict[str, float]:
    """StackFAQ through the product's own trial."""
    from django.utils import timezone

    from assistant.services.trials import stackfaq_sections

    section = next(stackfaq_sections(folder, now=timezone.now()))
    return {
        f"StackFAQ, {figure.name.replace('MAP, ', '')}": figure.value for figure in section.figures
    }


def long_answers(folder: Path) -> dict[str, float]:
    """Answers alone as pages, asked for by their questions and the paraphrases."""
    from assistant.evaluation.stackfaq import read_stackfaq

    entries = list(enumerate(read_stackfaq(folder)))
    documents = {str(number): ("", "\n\n".join(entry.answers)) for number, entry in entries}
    queries = [
        (text, {str(number): 1.0})
        for number, entry in entries
        for text in (entry.question, *entry.paraphrases)
    ]
    figures = judged("bench-long", Task(documents, queries))
    return {f"long answers, {name}": value for name, value in figures.items()}


def beir(folder: Path) -> dict[str, float]:
    """A folder with corpus.jsonl, queries.jsonl and qrels/test.tsv."""
    figures = judged("bench-beir", read_beir(folder))
    return {f"{folder.name}, {name}": value for name, value in figures.items()}


def read_beir(folder: Path) -> Task:
    """The documents and the test queries of a folder in BEIR's layout."""
    documents = {
        row["_id"]: (row.get("title", ""), row["text"]) for row in _lines(folder / "corpus.jsonl")
    }
    texts = {row["_id"]: row["text"] for row in _lines(folder / "queries.jsonl")}
    gains: dict[str, dict[str, float]] = {}
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, dialect="excel-tab"):
            if float(row["score"]) > 0 and row["corpus-id"] in documents:
                gains.setdefault(row["query-id"], {})[row["corpus-id"]] = float(row["score"])
    return Task(documents, [(texts[query], own) for query, own in gains.items()])


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def judged(key: str, task: Task) -> dict[str, float]:
    """nDCG@10 of every way, documents standing where their best chunk does."""
    from django.utils import timezone

    from assistant.finding.judging import WEIGHTS, by_both, by_meaning, by_words
    from assistant.models import KnowledgeBase
    from assistant.selectors import candidates_for
    from assistant.services import documents_read, documents_save
    from inference.encoders import text_encoder

    base, now = KnowledgeBase.objects.create(key=key, name=key), timezone.now()
    documents_save(base, _files(task), actor=None)
    documents_read(now=now)
    base.refresh_from_db()
    ids = _ids(base)
    vectors = text_encoder().encode([text for text, _ in task.queries])
    found = [
        candidates_for(base, text, vector, now=now)
        for (text, _), vector in zip(task.queries, vectors, strict=True)
    ]
    wanted = [{ids[name]: gain for name, gain in own.items()} for _, own in task.queries]

    def of(score: Callable) -> np.ndarray:
        return np.array(
            [
                gained(one, score(one.candidates), own)
                for one, own in zip(found, wanted, strict=True)
            ]
        )

    by_weight = np.stack([of(by_both(weight)) for weight in WEIGHTS])
    return {
        "documents": float(len(task.documents)),
        "queries": float(len(task.queries)),
        "words": float(of(by_words).mean()),
        "meaning": float(of(by_meaning).mean()),
        "both, words weighing as pages do": float(of(by_both(base.lexical_weight_pages)).mean()),
        "both, weight tuned on other queries": tuned(by_weight),
    }


def tuned(by_weight: np.ndarray) -> float:
    """The mean over queries, each by the weight that was best on the four folds without it.

    Args:
        by_weight: The figure of each query by each weight, shape (weights, queries).
    """
    count = by_weight.shape[1]
    fold = np.random.default_rng(SEED).permutation(count) % FOLDS
    held = np.empty(count)
    for number in np.unique(fold):
        is_held = fold == number
        known = by_weight[:, ~is_held] if (~is_held).any() else by_weight
        held[is_held] = by_weight[int(known.mean(axis=1).argmax()), is_held]
    return float(held.mean())


def gained(found: Found, scores: np.ndarray, wanted: Mapping[int, float]) -> float:
    """nDCG@10 of one query (Järvelin and Kekäläinen, 2002), gains as they are given."""
    from assistant.finding.fusion import best_first

    order = found.documents[best_first(scores, found.candidates.ids)]
    documents = list(dict.fromkeys(order.tolist()))[:AT]
    discounts = 1 / np.log2(np.arange(2, AT + 2))
    got = sum(wanted.get(one, 0.0) * d for one, d in zip(documents, discounts, strict=False))
    best = sorted(wanted.values(), reverse=True)[:AT]
    return float(got / sum(gain * d for gain, d in zip(best, discounts, strict=False)))


def _files(task: Task) -> list[Incoming]:
    from assistant.services import Incoming

    return [
        Incoming(f"{name}.md", (f"# {heading}\n\n{text}" if heading else text).encode())
        for name, (heading, text) in task.documents.items()
    ]


def _ids(base: KnowledgeBase) -> dict[str, int]:
    rows = base.documents.values_list("source", "pk")
    return {source.removesuffix(".md"): pk for source, pk in rows}
