"""Units given an arm in a second: vectorised, one by one, and by GrowthBook's own SDK."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.stats.peers import peers
from benchmarks.stats.sections import Figures, Section, table
from experiments.assignment import (
    Holdout,
    Layer,
    Split,
    arm_for,
    arms_for,
    decide_arm,
    decide_arms,
)

MANY, FEW, ROUNDS = 2_000_000, 40_000, 5
SALT, WEIGHTS = "welcome", (0.5, 0.5)
SPLIT = Split(
    salt=SALT,
    weights=WEIGHTS,
    layer=Layer(key="checkout", start=0.0, end=0.8),
    holdout=Holdout(key=SALT, share=0.05),
    global_holdout=Holdout(key="2026", share=0.02),
)


def run(*, is_quick: bool) -> Figures:
    many, few, rounds = (2_000, 200, 1) if is_quick else (MANY, FEW, ROUNDS)
    texts = [f"user-{number}" for number in range(many)]
    column, some = np.array(texts, dtype="S"), texts[:few]
    works: dict[str, tuple[int, Callable[[], object]]] = {
        "arms_for, column of bytes": (
            many, lambda: arms_for(column, salt=SALT, weights=WEIGHTS)
        ),
        "arms_for, list of texts": (many, lambda: arms_for(texts, salt=SALT, weights=WEIGHTS)),
        "decide_arms, with layer and both holdouts": (many, lambda: decide_arms(column, SPLIT)),
        "arm_for, one by one": (
            few, lambda: [arm_for(unit, salt=SALT, weights=WEIGHTS) for unit in some]
        ),
        "decide_arm, one by one, with layer and both holdouts": (
            few, lambda: [decide_arm(unit, SPLIT) for unit in some]
        ),
    }  # fmt: skip
    with peers() as running:
        rates: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, (units, work) in works.items():
                rates.setdefault(name, []).append(_per_second(units, work))
            theirs = running.ask("growthbook_hashes", units=few)
            rates.setdefault("GrowthBook's Python SDK, one by one", []).append(theirs["per_second"])
        versions = running.ask("versions")
    same = int(arms_for(some, salt=SALT, weights=WEIGHTS).sum())
    if same != theirs["second_arm"]:
        raise AssertionError("GrowthBook's SDK gives other arms")
    return {
        "rounds": rounds,
        "versions": versions,
        "rates": {
            name: {"median": statistics.median(one), "least": min(one), "most": max(one)}
            for name, one in rates.items()
        },
    }


def _per_second(units: int, work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return units / (time.perf_counter() - begun)


def text(figures: Figures) -> str:
    rows = [
        [name, f"{rate['median']:,.0f}", f"{rate['least']:,.0f}–{rate['most']:,.0f}"]
        for name, rate in figures["rates"].items()
    ]
    return "\n\n".join(
        [
            f"Two arms, hash version 2, median of {figures['rounds']} rounds in turns. "
            f"GrowthBook's SDK {figures['versions']['growthbook']} does its hash and its choice of "
            "a variation alone, and gives the same arms.",
            table(["units a second", "median", "least–most"], rows),
        ]
    )


SECTION = Section(name="assignment", run=run, text=text)
