"""Whether clusters of real reviews are found again: by other seeds, on other people, in a refit."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audience.cleaning import clean_text, drop_reason
from audience.clustering.density import DenseClusters
from audience.clustering.features import LEAST_PROFILES, LOOSE, ClusterEstimator
from audience.clustering.identity import FoundCluster, KnownGroup, kinships
from audience.clustering.kmeans import STEADY, ProfileClusters
from audience.profiling import category_shares
from core.errors import DomainError
from core.evaluation import Figure, Section

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

FILE = Path("womens_reviews") / "womens_clothing_reviews.csv.gz"
REVIEWS = 4_000
SEEDS = range(5)
NEWCOMERS = 0.1


@dataclass(frozen=True, slots=True)
class Reviewers:
    """People of one review each: unit vectors, shape (people, size), and category shares."""

    vectors: NDArray[np.float32]
    categories: Sequence[Mapping[str, float]]

    def __len__(self) -> int:
        return len(self.vectors)

    def first(self, count: int) -> Reviewers:
        return Reviewers(self.vectors[:count], self.categories[:count])


def sections(train: Path, test: Path | None, *, encode: Encode) -> Iterator[Section]:
    """Figures of k-means, of HDBSCAN and of identity, on at most 4,000 reviews of each folder.

    Where the folder to judge on lacks them, other reviews of the first are the other people.

    Raises:
        DomainError: The folder to learn from has no reviews.
    """
    people = reviewers(train / FILE, encode=encode)
    found = ProfileClusters(random_state=0).fit(people.vectors, people.categories)
    yield seeds_section(people, found)
    others = _others(train, test, encode)
    if len(others) >= LEAST_PROFILES:
        yield strangers_section(found, others)
    yield density_section(people)
    yield identity_section(people)


def _others(train: Path, test: Path | None, encode: Encode) -> Reviewers:
    if test and (test / FILE).is_file():
        return reviewers(test / FILE, encode=encode)
    return reviewers(train / FILE, encode=encode, after=REVIEWS)


def reviewers(path: Path, *, encode: Encode, limit: int | None = None, after: int = 0) -> Reviewers:
    """Reviews as profiles of people who wrote one each, cleaned and encoded.

    They are in a fixed random order; `after` of them are passed over, and `limit` taken (4,000
    if left out).

    Raises:
        DomainError: There is no such file.
    """
    if not path.is_file():
        raise DomainError(
            f"{path} is missing: it is the file of women's clothing reviews, with the columns "
            "Title, Review Text and Class Name"
        )
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        rows = [
            (clean_text(row["Title"], row["Review Text"]), row["Class Name"])
            for row in csv.DictReader(handle)
        ]
    kept = list(dict(row for row in rows if not drop_reason(row[0])).items())
    drawn = np.random.default_rng(0).permutation(len(kept))[after : after + (limit or REVIEWS)]
    chosen = [kept[number] for number in drawn]
    vectors = encode([body for body, _ in chosen])
    return Reviewers(vectors, [category_shares([category]) for _, category in chosen])


def seeds_section(people: Reviewers, found: ClusterEstimator) -> Section:
    count = len(found.centroids_)
    runs = [
        ProfileClusters(count=count, random_state=seed).fit(people.vectors, people.categories)
        for seed in SEEDS
    ]
    scores = agreements([run.labels_ for run in runs])
    return Section(
        "Clusters: k-means",
        f"{len(people):,} reviews, one per person; {len(SEEDS)} whole fits with other seeds, "
        "the main directions included; the number of clusters is the one the fit chooses.",
        [
            Figure("clusters", float(count), note="of 4 to 10, else 3 or 2"),
            Figure(
                "ARI between seeds, mean",
                float(np.mean(scores)),
                low=min(scores),
                high=max(scores),
                least=STEADY,
                note=f"worst and best of {len(scores)} pairs",
            ),
            Figure("silhouette", found.silhouette_, note="of the features, on 2,000"),
        ],
    )


def strangers_section(found: ClusterEstimator, others: Reviewers) -> Section:
    """People the fit never saw: placed by its centroids, against a fit of their own."""
    placed = np.argmax(others.vectors @ found.centroids_.T, axis=1)
    own = ProfileClusters(count=len(found.centroids_), random_state=0).fit(
        others.vectors, others.categories
    )
    return Section(
        "Clusters: other people",
        f"{len(others):,} reviews that the fit has not seen, each placed in the nearest cluster "
        "by its words alone, as newcomers are, against clusters found among them.",
        [Figure("ARI, placed against found", agreements([placed, own.labels_])[0])],
    )


def density_section(people: Reviewers) -> Section:
    found = DenseClusters(random_state=0).fit(people.vectors, people.categories)
    return Section(
        "Clusters: HDBSCAN",
        f"{len(people):,} reviews; five subsamples of four fifths, compared on the people both "
        "hold, where being in no group counts as a label.",
        [
            Figure("clusters", float(len(found.centroids_))),
            Figure("ARI between subsamples, mean", found.stability_, least=STEADY),
            Figure("share of people in no group", float(np.mean(found.labels_ == LOOSE))),
        ],
    )


def identity_section(people: Reviewers) -> Section:
    """Whether people stay in their group when a tenth more have come, and the seed is another."""
    before = ProfileClusters(random_state=0)
    after = ProfileClusters(random_state=1)
    earlier = people.first(int(len(people) * (1 - NEWCOMERS)))
    before.fit(earlier.vectors, earlier.categories)
    after.fit(people.vectors, people.categories)
    kin = kinships(
        [FoundCluster(centroid, members_of(after, label)) for label, centroid in _each(after)],
        [
            KnownGroup(label, centroid, members_of(before, label))
            for label, centroid in _each(before)
        ],
    )
    now = [kin[label].same_as for label in after.labels_[: len(earlier)].tolist()]
    stayed = [group == label for group, label in zip(now, before.labels_.tolist(), strict=True)]
    return Section(
        "Clusters: identity",
        f"A fit of {len(earlier):,} people, then one of {len(people):,} with another seed; each "
        "chooses its own number of clusters.",
        [
            Figure("people who stay in their group", float(np.mean(stayed)), least=STEADY),
            Figure(
                "groups known again",
                sum(one.same_as is not None for one in kin) / len(kin),
                note=f"{len(before.centroids_)} groups before, {len(kin)} after",
            ),
        ],
    )


def agreements(runs: Sequence[NDArray[np.intp]]) -> list[float]:
    """Adjusted Rand index of every pair of labellings."""
    from sklearn.metrics import adjusted_rand_score

    return [float(adjusted_rand_score(one, other)) for one, other in combinations(runs, 2)]


def members_of(found: ClusterEstimator, label: int) -> frozenset[int]:
    return frozenset(np.flatnonzero(found.labels_ == label).tolist())


def _each(found: ClusterEstimator) -> list[tuple[int, NDArray[np.float32]]]:
    return list(enumerate(found.centroids_))
