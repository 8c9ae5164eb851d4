"""What an app above tells the catalog: what people wrote. The audience knows it, and stands beside
the catalog.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Interests = Mapping[str, str]


@dataclass(frozen=True)
class Taste:
    """What somebody wrote, as far as it tells what they like.

    Attributes:
        vector: In the text encoder's space, shape (its size,).
        interests: That in words, each with the shop's category it is tied to, if any.
    """

    vector: NDArray[np.float32]
    interests: Interests = field(default_factory=dict)


class Tastes(Protocol):
    """Where tastes come from."""

    def of(self, unit_ids: Collection[str]) -> Mapping[str, Taste]:
        """The tastes of those of the units who wrote something and may be profiled."""

    def units(self) -> Iterator[str]:
        """Everybody who has one."""


_sources: list[Tastes] = []


def register_tastes(source: Tastes) -> None:
    """Have recommendations go by what `source` says people wrote."""
    _sources[:] = [source]


def tastes_of(unit_ids: Collection[str]) -> dict[str, Taste]:
    """The taste of each unit that has one, as far as anybody knows."""
    return {unit: taste for source in _sources for unit, taste in source.of(unit_ids).items()}


def units_with_tastes() -> Iterator[str]:
    """Everybody who has a taste, as far as anybody knows."""
    for source in _sources:
        yield from source.units()
