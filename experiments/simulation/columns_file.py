"""A history from a CSV file: one row a unit, one column for each thing known of it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from experiments.simulation.generators import Column, History
from experiments.stats import ArgumentImpossible


def read_history(
    path: Path, *, column: str, denominator: str | None = None, covariates: Sequence[str] = ()
) -> History:
    """Read the named columns; an empty cell counts as zero: the unit did nothing.

    Raises:
        ArgumentImpossible: A column is missing, or a cell is no number.
        OSError: The file cannot be read.
    """
    wanted = [column, *([denominator] if denominator else []), *covariates]
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [name for name in wanted if name not in (reader.fieldnames or ())]
        if missing:
            found = ", ".join(reader.fieldnames or ()) or "none"
            raise ArgumentImpossible(f"there is no column {missing[0]!r}; there are: {found}")
        columns = _read(reader, wanted)
    return History(
        values=columns[0],
        denominators=columns[1] if denominator else None,
        covariates=tuple(columns[len(wanted) - len(covariates) :]),
    )


def _read(rows: Iterable[dict[str, str]], wanted: Sequence[str]) -> list[Column]:
    cells: list[list[float]] = [[] for _ in wanted]
    for line, row in enumerate(rows, start=2):
        for name, into in zip(wanted, cells, strict=True):
            try:
                into.append(float(row[name] or 0))
            except ValueError:
                raise ArgumentImpossible(
                    f"line {line}, column {name}: {row[name]!r} is no number"
                ) from None
    return [np.array(column, dtype=np.float64) for column in cells]
