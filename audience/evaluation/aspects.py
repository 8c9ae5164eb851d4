"""How well aspects are found and judged: on a hundred sentences written and labelled by hand. Pure.

The sentences (`aspect_sentences.txt`) are ours, of several kinds of shop, written before the words
of any aspect were looked at; no word list and no head was fitted on them. That clauses are judged
with their vectors was decided on them: by words alone .62 of the moods were right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audience.evaluation.measures import share_interval
from audience.opinions import Reader
from audience.sentiment import HeadSentiment
from core.evaluation import Figure, Section
from inference.encoders import TextEncoder
from inference.heads.sentiment import shipped_sentiment

SENTENCES = Path(__file__).parent / "aspect_sentences.txt"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence and what it says of each aspect it speaks of: happy (True) or not."""

    text: str
    says: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs of sentence and aspect: found and meant, found, meant, and judged as the label says."""

    right: int
    found: int
    meant: int
    agreed: int


def aspects_section(encoder: TextEncoder) -> Section:
    """Precision and recall of aspects, and how often the mood of those found is right."""
    labelled = read_labelled(SENTENCES)
    reader = Reader(encoder, HeadSentiment(shipped_sentiment(), name="shipped"))
    _, opinions = reader.read([one.text for one in labelled])
    counted = count_found(labelled, opinions)
    how = (
        f"{len(labelled)} sentences of our own with {counted.meant} opinions, labelled by hand; "
        "clauses are judged by the shipped head, words and vectors."
    )
    return Section("Opinions of aspects (fit, price, quality, …)", how, list(_figures(counted)))


def read_labelled(place: Path) -> list[Labelled]:
    """Lines of `aspect+ aspect- | sentence`; none before the bar: of no aspect."""
    lines = [line for line in place.read_text(encoding="utf-8").splitlines() if line]
    return [
        Labelled(text.strip(), {one[:-1]: one[-1] == "+" for one in labels.split()})
        for labels, _, text in (line.partition("|") for line in lines)
    ]


def count_found(labelled: Sequence[Labelled], opinions: Sequence[Mapping[str, float]]) -> Found:
    """Hold what is heard in each sentence, as profiles hear it, against its labels."""
    right = found = agreed = 0
    for one, said in zip(labelled, opinions, strict=True):
        both = said.keys() & one.says.keys()
        found, right = found + len(said), right + len(both)
        agreed += sum((said[aspect] > 0) == one.says[aspect] for aspect in both)
    return Found(right, found, sum(len(one.says) for one in labelled), agreed)


def _figures(counted: Found) -> Iterator[Figure]:
    right = counted.right
    for name, share, of in (
        ("precision: found aspects that are meant", right, counted.found),
        ("recall: meant aspects that are found", right, counted.meant),
        ("mood right, of those found and meant", counted.agreed, right),
    ):
        yield Figure(name, share / max(1, of), *share_interval(share, max(1, of)))
