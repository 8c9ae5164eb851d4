"""Examples of intents as they are learnt from, and which of them are kept to judge by. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

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
# What one visitor's feedback can teach a base at any time.
VISITOR_MOST = 3
WORDS_MOST = 40
_WORD = re.compile(r"[^\W_]+")
_MASK = re.compile(r"\[\w+\]")


class Source(StrEnum):
    """Who says what an example means."""

    WRITTEN = "written"
    STAFF = "staff"
    VISITOR = "visitor"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what it means.

    Attributes:
        label: An intent's key; `FROM_DOCUMENTS`: it is for the documents.
        text: What is said.
        source: Who says what it means.
        message: Key of the visitor's message that it was; empty: it was none.
        visitor: Who said it; empty: nobody in a conversation.
    """

    label: str
    text: str
    source: Source = Source.WRITTEN
    message: str = ""
    visitor: str = ""


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


def words_of(text: str) -> str:
    """A text as far as it tells one example from another.

    >>> words_of("Thanks, a lot!")
    'thanks a lot'
    """
    return " ".join(_WORD.findall(text.lower()))


def as_example(said: str, *, without: Iterable[str] = ()) -> str:
    """What a visitor said as an example: short, in words, with no number of theirs; else empty.

    Args:
        said: The visitor's words, masked.
        without: What is cut out: order numbers.

    >>> as_example("Where is #10023 now?", without=["10023"])
    'Where is # now?'
    >>> as_example("My address is [email]"), as_example("10023?", without=["10023"])
    ('', '')
    """
    for number in without:
        said = said.replace(number, "")
    text = " ".join(said.split())
    is_short = len(text) <= EXAMPLE_LONGEST and len(text.split()) <= WORDS_MOST
    return text if is_short and words_of(text) and not _MASK.search(text) else ""


def admitted(heard: Sequence[Example], written: Sequence[Example]) -> list[Example]:
    """Which of the examples that came from conversations are learnt beside the written ones.

    Of an intent never more than were written for it (of documents never more than for the largest
    intent), of a visitor `VISITOR_MOST`, no text twice, and none that visitors disagree about. What
    staff said counts before what visitors did.

    Args:
        heard: Those of visitors and staff, the one to prefer first.
        written: Those that persons wrote.

    >>> rule = [Example("1", one) for one in ("thanks", "thank you", "many thanks")]
    >>> new = [Example("1", f"ta {n}", Source.VISITOR, visitor="ann") for n in range(5)]
    >>> [one.text for one in admitted([*new, Example("1", "Thanks!", Source.STAFF)], rule)]
    ['ta 0', 'ta 1', 'ta 2']
    """
    room = Counter(one.label for one in written)
    room[FROM_DOCUMENTS] = max(room.values(), default=0)
    patience: Counter[str] = Counter()
    known = {words_of(one.text) for one in written}
    disputed = _disputed(heard)
    found = []
    for one in sorted(heard, key=lambda each: each.source != Source.STAFF):
        words, is_visitors = words_of(one.text), one.source == Source.VISITOR
        if words in known or not room[one.label] or (is_visitors and words in disputed):
            continue
        if is_visitors and patience[one.visitor] == VISITOR_MOST:
            continue
        known.add(words)
        room[one.label] -= 1
        patience[one.visitor] += is_visitors
        found.append(one)
    return found


def _disputed(heard: Sequence[Example]) -> set[str]:
    labels: dict[str, set[str]] = {}
    for one in heard:
        labels.setdefault(words_of(one.text), set()).add(one.label)
    return {words for words, said in labels.items() if len(said) > 1}


@dataclass(frozen=True)
class Learnt:
    """What a head learns from.

    Attributes:
        examples: The examples.
        vectors: Their unit vectors, shape (examples, size).
    """

    examples: tuple[Example, ...]
    vectors: NDArray[np.float32]

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.examples]

    @property
    def labels(self) -> list[str]:
        return [one.label for one in self.examples]

    def rows(self, places: NDArray[np.intp]) -> Learnt:
        return Learnt(tuple(self.examples[place] for place in places), self.vectors[places])

    def where(self, wanted: Iterable[bool]) -> Learnt:
        return self.rows(np.flatnonzero(np.fromiter(wanted, dtype=bool)))

    def of_labels(self, *, least: int) -> Learnt:
        """Those of labels with so many examples at least.

        >>> some = tuple(Example(*one) for one in (("x", "a"), ("x", "b"), ("y", "c")))
        >>> Learnt(some, np.zeros((3, 2), dtype=np.float32)).of_labels(least=2).texts
        ['a', 'b']
        """
        counts = Counter(self.labels)
        return self.where(counts[label] >= least for label in self.labels)

    @property
    def label_count(self) -> int:
        return len(set(self.labels))

    def fitted(self) -> IntentHead:
        """A head of these, which knows whose message each was.

        Raises:
            InputRefused: They are too few.
        """
        head = IntentHead.fit(self.texts, self.vectors, self.labels)
        told = {one.message: row for row, one in enumerate(self.examples) if one.message}
        return replace(head, about={MESSAGES: told})


MESSAGES = "messages"


def forgotten(head: IntentHead, messages: Iterable[str]) -> IntentHead | None:
    """A head without the examples that were these messages; None where none was."""
    told: dict[str, int] = dict(head.about.get(MESSAGES, {}))
    gone = sorted(told.pop(key) for key in messages if key in told)
    if not gone:
        return None
    left = head.without(np.array(gone))
    moved = {key: row - sum(one < row for one in gone) for key, row in told.items()}
    return replace(left, about={**head.about, MESSAGES: moved})


def digest_of(encoder: str, examples: Iterable[Example]) -> bytes:
    """SHA-256 of the encoder's name, labels and texts, in whatever order they come."""
    found = hashlib.sha256(encoder.encode())
    for label, text in sorted((one.label, one.text) for one in examples):
        found.update(f"\0{label}\0{text}".encode())
    return found.digest()


def is_kept(text: str) -> bool:
    """Whether an example judges and is not learnt from, when heads are compared.

    That hangs on its words alone, so that it stays so from one fit to the next, whoever says them.

    >>> sum(is_kept(f"question {number}") for number in range(1_000)) // 10
    20
    """
    return hashlib.sha256(words_of(text).encode()).digest()[0] % KEPT_ONE_IN == 0


@dataclass(frozen=True)
class Parts:
    """Examples parted for a comparison of heads.

    Attributes:
        inside: What a trial head learns from.
        kept: What decides: those that a person of the shop wrote or labelled.
        heard: What visitors' feedback says beside, for a person to look at. Whoever poisons what is
            learnt cannot decide by it that it is good.
    """

    inside: Learnt
    kept: Learnt
    heard: Learnt


def parted(examples: Learnt) -> Parts:
    """Examples to learn from in a trial, and those kept to judge it; of documents none is kept."""
    is_out = [one.source != Source.DOCUMENT and is_kept(one.text) for one in examples.examples]
    is_heard = [one.source == Source.VISITOR for one in examples.examples]
    both = list(zip(is_out, is_heard, strict=True))
    return Parts(
        examples.where(not out for out in is_out).of_labels(least=2),
        examples.where(out and not visitors for out, visitors in both),
        examples.where(out and visitors for out, visitors in both),
    )


def accuracy(head: IntentHead, asked: Learnt) -> float | None:
    """The share that a head names right; None where nothing is asked."""
    if not asked.examples:
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
