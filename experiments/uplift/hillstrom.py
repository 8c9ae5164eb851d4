"""The Hillstrom e-mail test as a trial: a public, randomised e-mail campaign of 2008."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from experiments.uplift.trials import Column, Trial

FILE = Path("hillstrom") / "hillstrom.csv.gz"
CONTROL = "No E-Mail"
WOMENS = "Womens E-Mail"
MENS = "Mens E-Mail"
NUMBERS = ("recency", "history", "mens", "womens", "newbie")
# `history_segment` is `history` cut into bands, so it says nothing new.
CATEGORIES: Mapping[str, Sequence[str]] = {
    "zip_code": ("Rural", "Surburban", "Urban"),
    "channel": ("Multichannel", "Phone", "Web"),
}


def read_trial(folder: Path, *, arm: str = WOMENS, outcome: str = "visit") -> Trial:
    """Customers who got one e-mail or none, drawn with equal chances.

    Args:
        folder: Holds `hillstrom/hillstrom.csv.gz`, with the arms in the column `treatment`.
        arm: The e-mail held against none.
        outcome: The column: "visit", "conversion" or "spend".

    Raises:
        FileNotFoundError: The file is not there.
    """
    with gzip.open(folder / FILE, "rt", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["treatment"] in (CONTROL, arm)]
    columns = [_numbers(rows, name) for name in NUMBERS]
    columns += [_is(rows, name, value) for name, values in CATEGORIES.items() for value in values]
    return Trial.drawn_with(
        [0.5, 0.5],
        np.stack(columns, axis=1),
        _is(rows, "treatment", arm),
        _numbers(rows, outcome),
    )


def _numbers(rows: Sequence[Mapping[str, str]], name: str) -> Column:
    return np.array([float(row[name]) for row in rows])


def _is(rows: Sequence[Mapping[str, str]], name: str, value: str) -> Column:
    return np.array([row[name] == value for row in rows], dtype=np.float64)
