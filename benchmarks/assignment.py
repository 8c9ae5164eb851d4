"""How many units a second get their arm: one at a time, and as a column.

    python -m benchmarks.assignment

Needs no database. "everything" is a split with two holdouts, a layer and a coverage: five hashes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

import numpy as np

from experiments.assignment import Holdout, Layer, Split, arm_for, arms_for, decide_arm, decide_arms

UNITS = 1_000_000
SCALAR_UNITS = 50_000
ROUNDS = 5
WEIGHTS = (0.5, 0.25, 0.25)
PLAIN = Split(salt="welcome", weights=WEIGHTS)
EVERYTHING = Split(
    salt="welcome",
    weights=WEIGHTS,
    coverage=0.8,
    layer=Layer(key="checkout", start=0.0, end=0.6),
    holdout=Holdout(key="welcome", share=0.05),
    global_holdout=Holdout(key="2026", share=0.05),
)


def run(*, units: int = UNITS) -> dict[str, float]:
    """Units a second, the best of some rounds."""
    ascii_ids = [f"user-{number}" for number in range(100_000, 100_000 + units)]
    other_ids = [f"usér-{one[5:]}" if one[-1] == "0" else one for one in ascii_ids]
    columns: dict[str, Sequence[str] | np.ndarray] = {
        "list of ASCII ids": ascii_ids,
        "list with non-ASCII ids": other_ids,
        "NumPy column of bytes": np.array(ascii_ids, dtype="S"),
    }
    figures = {}
    for name, column in columns.items():
        for what, call in _column_calls(column).items():
            figures[f"{what}, {name}, per second"] = _speed(call, len(column))
    for what, call in _scalar_calls(other_ids[:SCALAR_UNITS]).items():
        figures[f"{what}, per second"] = _speed(call, SCALAR_UNITS)
    return figures


def _column_calls(column: Sequence[str] | np.ndarray) -> dict[str, Callable[[], object]]:
    return {
        "arms_for": lambda: arms_for(column, salt="welcome", weights=WEIGHTS),
        "decide_arms, plain": lambda: decide_arms(column, PLAIN),
        "decide_arms, everything": lambda: decide_arms(column, EVERYTHING),
    }


def _scalar_calls(ids: Sequence[str]) -> dict[str, Callable[[], object]]:
    return {
        "arm_for": lambda: [arm_for(one, salt="welcome", weights=WEIGHTS) for one in ids],
        "decide_arm, everything": lambda: [decide_arm(one, EVERYTHING) for one in ids],
    }


def _speed(call: Callable[[], object], units: int) -> float:
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return units / min(seconds)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
