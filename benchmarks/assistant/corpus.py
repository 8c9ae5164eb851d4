"""Ten thousand chunks of real texts, read where they lie: written answers, and reviews."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.evaluation.stackfaq import Entry
    from assistant.services import Incoming

REVIEWS = "womens_reviews/womens_clothing_reviews.csv.gz"
CHUNKS = 10_000
REVIEWS_PER_PAGE = 50
# Shorter ones say nothing that could be asked for.
WORDS_LEAST = 12
# Every this many reviews one is asked for by its title and left out of the base.
ASKED_EVERY = 40


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a base is filled with, and what is asked of it."""

    files: list[Incoming]
    questions: list[str]


def read_corpus(folder: Path) -> Corpus:
    """StackFAQ's written answers, and reviews as pages up to `CHUNKS`.

    Half of the questions are paraphrases of the written ones, half titles of reviews left out.
    """
    from assistant.evaluation.stackfaq import read_stackfaq
    from assistant.services import Incoming

    entries = read_stackfaq(folder)
    answers = sum(len(entry.answers) for entry in entries)
    written, asked = _reviews(folder, CHUNKS - answers)
    files = [
        Incoming("questions.csv", as_csv(entries)),
        *(
            Incoming(f"reviews-{number:04}.md", page.encode())
            for number, page in enumerate(_pages(written))
        ),
    ]
    paraphrases = [text for entry in entries for text in entry.paraphrases]
    paired = zip(paraphrases, asked, strict=False)
    return Corpus(files, [question for pair in paired for question in pair])


def as_csv(entries: Iterable[Entry]) -> bytes:
    """Questions with their answers as a file of the product's own kind."""
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(["question", "answer"])
    rows.writerows((entry.question, answer) for entry in entries for answer in entry.answers)
    return written.getvalue().encode()


def _reviews(folder: Path, count: int) -> tuple[list[tuple[str, str]], list[str]]:
    """Title and text of `count` reviews, and the titles of others."""
    kept: list[tuple[str, str]] = []
    asked: list[str] = []
    with gzip.open(folder / REVIEWS, "rt", encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            title, text = row["Title"].strip(), " ".join(row["Review Text"].split())
            if not title or len(text.split()) < WORDS_LEAST:
                continue
            if number % ASKED_EVERY == 0:
                asked.append(title)
            elif len(kept) < count:
                kept.append((title, text))
    return kept, asked


def _pages(written: Sequence[tuple[str, str]]) -> Iterator[str]:
    for start in range(0, len(written), REVIEWS_PER_PAGE):
        some = written[start : start + REVIEWS_PER_PAGE]
        yield "\n\n".join(f"## {title}\n\n{text}" for title, text in some)
