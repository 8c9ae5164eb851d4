"""Randomised results of texts: what the ranker learns from, whoever measured it.

The shop's own experiments fit the same shape: one `Trials` row per arm, `group` the experiment,
`story` whatever must not be split between training and judging (the campaign).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# Of honest splits one in ten thousand is called faulty; of the faulty ones, nearly all.
SPLIT_ALARM = 1e-4


class TrialsRefused(ValueError):
    """Results that cannot be learnt from; the message says which and why."""


@dataclass(frozen=True)
class Trials:
    """Arms of randomised tests, one per text and test.

    Attributes:
        texts: What was shown.
        groups: Which arms were randomised against each other (same test, same image).
        stories: What they are about: never split between training and judging.
        shown: How often each was shown.
        clicked: How often it was clicked.
    """

    texts: tuple[str, ...]
    groups: Integers
    stories: Integers
    shown: Floats
    clicked: Floats

    def __post_init__(self) -> None:
        lengths = {len(self.texts), len(self.groups), len(self.stories), len(self.shown)}
        if len(lengths | {len(self.clicked)}) != 1:
            raise TrialsRefused("texts, groups, stories, shown and clicked differ in length")
        if len(self.texts) and (self.clicked > self.shown).any():
            raise TrialsRefused("an arm was clicked more often than it was shown")
        if len(self.texts) and (self.shown <= 0).any():
            raise TrialsRefused("an arm was never shown")

    @cached_property
    def log_rates(self) -> Floats:
        return np.log((self.clicked + 0.5) / self.shown)

    @cached_property
    def noise(self) -> Floats:
        """The variance that chance alone gives each log rate."""
        return 1 / (self.clicked + 0.5)

    def subset(self, keep: NDArray[np.bool_]) -> Trials:
        return Trials(
            tuple(text for text, kept in zip(self.texts, keep, strict=True) if kept),
            self.groups[keep],
            self.stories[keep],
            self.shown[keep],
            self.clicked[keep],
        )

    def fair(self) -> NDArray[np.bool_]:
        """Arms of tests whose traffic was split as evenly as chance allows (chi-squared)."""
        from scipy.stats import chi2

        _, index, sizes = np.unique(self.groups, return_inverse=True, return_counts=True)
        even = np.bincount(index, self.shown) / sizes
        statistic = np.bincount(index, (self.shown - even[index]) ** 2 / even[index])
        p_values = np.asarray(chi2.sf(statistic, np.maximum(sizes - 1, 1)))
        return np.asarray(p_values >= SPLIT_ALARM)[index]


@dataclass(frozen=True)
class Pairs:
    """Two arms of the same group, as positions in `Trials`."""

    first: Integers
    second: Integers


def pairs_within(trials: Trials) -> Pairs:
    """Every pair of arms randomised against each other, in order of position."""
    first: list[int] = []
    second: list[int] = []
    members: dict[int, list[int]] = {}
    for position, group in enumerate(trials.groups.tolist()):
        for earlier in members.setdefault(group, []):
            first.append(earlier)
            second.append(position)
        members[group].append(position)
    return Pairs(np.array(first, dtype=np.int64), np.array(second, dtype=np.int64))


def trials_from_pairs(
    pairs: Sequence[tuple[str, str]],
    outcomes: Sequence[tuple[int, int, int, int]],
    stories: Sequence[int],
) -> Trials:
    """Trials from separate duels of two texts: how a shop's own A/B results come in.

    Args:
        pairs: The two texts of each duel.
        outcomes: For each, shown and clicked of the first, shown and clicked of the second.
        stories: What each duel was about; duels of one campaign share a number.

    >>> trials_from_pairs([("One", "Two")], [(100, 5, 100, 9)], [7]).clicked.tolist()
    [5.0, 9.0]
    """
    if not len(pairs) == len(outcomes) == len(stories):
        raise TrialsRefused("pairs, outcomes and stories differ in length")
    results = np.array(outcomes, dtype=np.float64).reshape(-1, 4)
    return Trials(
        texts=tuple(text for pair in pairs for text in pair),
        groups=np.repeat(np.arange(len(pairs)), 2),
        stories=np.repeat(np.array(stories, dtype=np.int64), 2),
        shown=results[:, [0, 2]].reshape(-1),
        clicked=results[:, [1, 3]].reshape(-1),
    )
