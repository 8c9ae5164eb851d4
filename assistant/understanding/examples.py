"""Examples of intents as they are learnt from, and which of them are kept to judge by. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InputRefused
from inference.heads.intents import IntentHead

# With fewer, an intent is left out: three folds of a head need one each.
EXAMPLES_LEAST = 3
EXAMPLES_MAX = 2_000
EXAMPLE_LONGEST = 300
# What a document answers is no intent, but it has to be told from them.
FROM_DOCUMENTS = ""
KEPT_ONE_IN = 5
FOLDS = 5
# Beyond so many, a fifth held out once tells as much as all fifths in turn.
FOLDED_MOST = 3_000


def read_examples(written: str) -> list[str]:
    r"""Examples written one a line, each once.

    >>> read_examples("Thanks!\n\n thank you \nThanks!")
    ['Thanks!', 'thank you']

    Raises:
        InputRefused: There are too many, or one is too long to be a question.
    """
    lines = (" ".join(line.split()) for line in written.splitlines())
    found = list(dict.fromkeys(line for line in lines if line))
    if len(found) > EXAMPLES_MAX:
        raise InputRefused(f"examples: at most {EXAMPLES_MAX:,} are read", field="examples")
    if any(len(line) > EXAMPLE_LONGEST for line in found):
        raise InputRefused(
            f"examples: one a line, of at most {EXAMPLE_LONGEST} characters", field="examples"
        )
    return found


@dataclass(frozen=True)
class Learnt:
    """What a head learns from.

    Attributes:
        texts: The examples.
        labels: One per text.
        vectors: Their unit vectors, shape (texts, size).
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    vectors: NDArray[np.float32]

    def rows(self, places: NDArray[np.intp]) -> Learnt:
        return Learnt(
            tuple(self.texts[place] for place in places),
            tuple(self.labels[place] for place in places),
            self.vectors[places],
        )

    def of_labels(self, *, least: int) -> Learnt:
        """Those of labels with so many examples at least.

        >>> some = Learnt(("a", "b", "c"), ("x", "x", "y"), np.zeros((3, 2), dtype=np.float32))
        >>> some.of_labels(least=2).texts
        ('a', 'b')
        """
        names, counts = np.unique(np.array(self.labels), return_counts=True)
        enough = set(names[counts >= least].tolist())
        return self.rows(np.array([at for at, one in enumerate(self.labels) if one in enough], int))

    @property
    def label_count(self) -> int:
        return len(set(self.labels))

    def fitted(self) -> IntentHead:
        """A head of these; InputRefused where they are too few."""
        return IntentHead.fit(self.texts, self.vectors, self.labels)


def digest_of(encoder: str, examples: Iterable[tuple[str, str]]) -> bytes:
    """SHA-256 of the encoder's name and (label, text) pairs, in whatever order they come."""
    found = hashlib.sha256(encoder.encode())
    for label, text in sorted(examples):
        found.update(f"\0{label}\0{text}".encode())
    return found.digest()


def is_kept(text: str) -> bool:
    """Whether an example judges and is not learnt from, when heads are compared.

    That hangs on its words alone, so that it stays so from one fit to the next.

    >>> sum(is_kept(f"question {number}") for number in range(1_000)) // 10
    20
    """
    return hashlib.sha256(text.lower().encode()).digest()[0] % KEPT_ONE_IN == 0


def parted(examples: Learnt) -> tuple[Learnt, Learnt]:
    """Examples to learn from in a trial, and those kept to judge it; of documents none is kept."""
    kept = np.array(
        [
            is_kept(text) and label != FROM_DOCUMENTS
            for text, label in zip(examples.texts, examples.labels, strict=True)
        ]
    )
    return examples.rows(np.flatnonzero(~kept)), examples.rows(np.flatnonzero(kept))


def accuracy(head: IntentHead, asked: Learnt) -> float | None:
    """The share that a head names right; None where nothing is asked."""
    if not asked.texts:
        return None
    named = head.judge(asked.texts, asked.vectors)
    right = [one.label == label for one, label in zip(named, asked.labels, strict=True)]
    return float(np.mean(right))


def cross_validated(examples: Learnt) -> float:
    """The share named right by heads that were fitted on the other folds.

    Every label's examples are dealt out in turn; a label with too few outside a fold counts as
    named wrong there.
    """
    right: list[NDArray[np.bool_]] = []
    for inside, outside in _folds(examples.labels):
        head = examples.rows(inside).of_labels(least=2).fitted()
        asked = examples.rows(outside)
        named = [one.label for one in head.judge(asked.texts, asked.vectors)]
        right.append(np.array(named) == np.array(asked.labels))
    return float(np.concatenate(right).mean())


def _folds(labels: Sequence[str]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    seen: dict[str, int] = {}
    place = np.empty(len(labels), dtype=int)
    for at, label in enumerate(labels):
        place[at] = seen[label] = seen.get(label, -1) + 1
    for fold in range(1 if len(labels) > FOLDED_MOST else FOLDS):
        is_out = place % FOLDS == fold
        if is_out.any():
            yield np.flatnonzero(~is_out), np.flatnonzero(is_out)
