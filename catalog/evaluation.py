"""How well the next item is foreseen: `manage.py eval_audience --only catalog`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.ranking import (
    Content,
    CoPurchase,
    Ease,
    Histories,
    Hybrid,
    Popularity,
    Quality,
    Recommender,
    Transitions,
    measure,
)
from catalog.ranking.shop import KEEP, shop_hybrid
from core.errors import DomainError
from core.evaluation import Figure, Section

FOLDER = "amazon_sequential"
SEQUENCES = "Beauty.txt.gz"
ATTRIBUTES = "Beauty_item2attributes.json.gz"
SEED = 20
MARKOV = "one-step Markov chain as published with the data: HR@10 .0708, nDCG@10 .0481"
# Rajput and others 2023, table 1, on the same sequences and with the same full ranking.
PUBLISHED = "published: SASRec .0605 / .0318, S3-Rec .0647 / .0327"


class DataMissing(DomainError):
    """A folder does not hold the data set that a figure needs."""


@dataclass(frozen=True)
class Beauty:
    """Sequences to learn from, the known part of those to judge, and what came next in them."""

    learnt: Histories
    known: Histories
    following: NDArray[np.int32]
    attributes: NDArray[np.float32]


def sections(train: Path, test: Path | None) -> Iterator[Section]:
    """Leave-last-one-out over Amazon Beauty: the last item is foreseen from those before it.

    With `test` its people are judged, and learnt from but for their last items.
    """
    beauty = read_beauty(train, test if test and (test / FOLDER).is_dir() else None)
    yield Section(
        "Next item, Amazon Beauty",
        f"The last item of {len(beauty.known):,} people, ranked among all "
        f"{beauty.learnt.item_count:,} but those they had; learnt from what came before it, "
        f"weights chosen on the last item but one. {PUBLISHED}.",
        [figure for name, quality in qualities(beauty) for figure in _figures(name, quality)],
    )


def qualities(beauty: Beauty) -> Iterator[tuple[str, Quality]]:
    """Each recommender alone, then the hybrid; every one is let go before the next is fitted."""
    yield from _alone(beauty)
    hybrid = shop_hybrid([beauty.attributes], item_count=beauty.learnt.item_count)
    hybrid.learn(beauty.learnt, rng=np.random.default_rng(SEED))
    yield hybrid.name, measure(hybrid, beauty.known, beauty.following)


def _alone(beauty: Beauty) -> Iterator[tuple[str, Quality]]:
    alone: Sequence[Recommender] = (
        Popularity(),
        Transitions.first_order(),
        CoPurchase(keep=KEEP),
        Content([beauty.attributes]),
        Transitions(keep=KEEP),
        Ease(keep=KEEP),
    )
    for recommender in alone:
        recommender.fit(beauty.learnt)
        yield recommender.name, measure(recommender, beauty.known, beauty.following)


def _figures(name: str, quality: Quality) -> list[Figure]:
    is_ours = name == Hybrid.name
    return [
        Figure(
            f"HR@10, {name}",
            quality.hit_rate,
            *quality.hit_rate_interval,
            least=0.0708 if is_ours else None,
            note=MARKOV if is_ours else "",
        ),
        Figure(
            f"nDCG@10, {name}",
            quality.ndcg,
            *quality.ndcg_interval,
            least=0.0481 if is_ours else None,
        ),
    ]


def read_beauty(train: Path, test: Path | None) -> Beauty:
    """Both folders' sequences, with one number for each item's id."""
    learning, judging = _sequences(train), _sequences(test) if test else None
    names = sorted({item for one in [*learning, *(judging or [])] for item in one})
    number = {name: position for position, name in enumerate(names)}

    def histories(sequences: list[list[str]]) -> Histories:
        numbered = ([number[item] for item in one] for one in sequences)
        return Histories.of(numbered, item_count=len(names))

    known, following = histories(judging or learning).shortened(1)
    cut = [[names[item] for item in known[position]] for position in range(len(known))]
    learnt = histories([*learning, *cut]) if judging else known
    return Beauty(learnt, known, following, _attributes(train, number))


def _sequences(folder: Path) -> list[list[str]]:
    path = folder / FOLDER / SEQUENCES
    if not path.is_file():
        raise DataMissing(f"{FOLDER}/{SEQUENCES} is not in {folder.name!r}: next items need it")
    with gzip.open(path, "rt") as lines:
        return [line.split()[1:] for line in lines]


def _attributes(folder: Path, number: dict[str, int]) -> NDArray[np.float32]:
    """Items x attributes, each weighed by how rare it is; zeros where an item has none."""
    path = folder / FOLDER / ATTRIBUTES
    if not path.is_file():
        return np.zeros((len(number), 1), dtype=np.float32)
    with gzip.open(path, "rt") as file:
        found: dict[str, list[int]] = json.load(file)
    kinds = {
        kind: place
        for place, kind in enumerate(sorted({k for each in found.values() for k in each}))
    }
    vectors = np.zeros((len(number), len(kinds)), dtype=np.float32)
    for item, own in found.items():
        if item in number:
            vectors[number[item], [kinds[kind] for kind in own]] = 1.0
    return vectors * np.log(len(number) / np.maximum(vectors.sum(axis=0), 1.0))
