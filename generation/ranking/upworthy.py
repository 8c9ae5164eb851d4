"""Reads the Upworthy headline tests, a folder shaped like `../shared/data`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from generation.ranking.trials import Trials, TrialsRefused

PAIRS = "headline_pairs_same_image.parquet"
COLUMNS = ("test", "h1", "h2", "n1", "x1", "n2", "x2", "story_group")


def pairs_file(folder: Path) -> Path:
    """Where a folder keeps the pairs: in `upworthy/`, or itself. Refuses a folder without."""
    for place in (folder / "upworthy" / PAIRS, folder / PAIRS):
        if place.is_file():
            return place
    raise TrialsRefused(f"{folder} has no upworthy/{PAIRS}")


def digest(folder: Path) -> str:
    """The SHA-256 of the pairs, for the provenance of what was learnt from them."""
    with pairs_file(folder).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def read_trials(folder: Path) -> Trials:
    """The arms behind the pairs: every headline that had a rival under the same image."""
    import pyarrow.parquet as parquet

    place = pairs_file(folder)
    try:
        table = parquet.read_table(place, columns=list(COLUMNS)).to_pydict()
    except (OSError, ValueError, KeyError) as error:
        raise TrialsRefused(f"{place} is no file of headline pairs: {error}") from error
    if not table["test"]:
        raise TrialsRefused(f"{place} holds no pair")
    return _arms(table)


def _arms(table: dict[str, list[Any]]) -> Trials:
    # Two arms of one test belong together when a pair says so: other images are other groups.
    arms: dict[tuple[Any, ...], int] = {}
    parents: list[int] = []
    for row in zip(*(table[name] for name in COLUMNS), strict=True):
        test, one, two, shown_one, clicked_one, shown_two, clicked_two, story = row
        first = arms.setdefault((test, one, shown_one, clicked_one, story), len(arms))
        second = arms.setdefault((test, two, shown_two, clicked_two, story), len(arms))
        parents.extend(range(len(parents), len(arms)))
        parents[_root(parents, second)] = _root(parents, first)
    _, texts, shown, clicked, stories = zip(*arms, strict=True)
    return Trials(
        texts=texts,
        groups=np.array([_root(parents, arm) for arm in range(len(arms))], dtype=np.int64),
        stories=np.array(stories, dtype=np.int64),
        shown=np.array(shown, dtype=np.float64),
        clicked=np.array(clicked, dtype=np.float64),
    )


def _root(parents: list[int], arm: int) -> int:
    while parents[arm] != arm:
        arm = parents[arm]
    return arm
