"""Bandits: conversions spared against an even split, and whether the reported lift is true."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from benchmarks.stats.sections import Figures, Section, percent, table
from experiments.simulation import BanditDesign, repeat_bandit

REPETITIONS = 2_000
SEED = 5
PERIODS, UNITS = 10, 1_000
ARMS = {
    "one clear winner": (0.05, 0.06, 0.10),
    "close arms": (0.05, 0.06, 0.07),
    "all equal": (0.05, 0.05, 0.05),
}
COVERED = (
    "lift_covered", "naive_lift_covered", "difference_covered", "naive_difference_covered",
)  # fmt: skip
PLAYED = (("thompson", 0.01), ("top-two", 0.01), ("thompson", 0.1))


def run(*, is_quick: bool) -> Figures:
    repetitions = 10 if is_quick else REPETITIONS
    rows = []
    for name, rates in ARMS.items():
        for strategy, floor in PLAYED:
            design = BanditDesign(
                rates=rates, periods=PERIODS, units=UNITS, strategy=strategy, floor=floor
            )
            study = repeat_bandit(design, repetitions=repetitions, rng=np.random.default_rng(SEED))
            rows.append({"arms": name, "strategy": strategy, "floor": floor, **asdict(study)})
    return {"repetitions": repetitions, "rows": rows}


def text(figures: Figures) -> str:
    regrets, covered = [], []
    for row in figures["rows"]:
        name = f"{row['arms']}, {row['strategy']}, floor {percent(row['floor'], 0)}"
        if row["even_regret"]:
            spared = 1 - row["regret"] / row["even_regret"]
            regrets.append(
                [name, f"{row['regret']:.0f}", f"{row['even_regret']:.0f}", percent(spared, 0),
                 percent(row["best_share"], 0)]
            )  # fmt: skip
        covered.append([name, *(percent(row[key]["value"]) for key in COVERED)])
    error = max(row[key]["error"] for row in figures["rows"] for key in COVERED)
    rates = "; ".join(
        f"{name}: {', '.join(percent(rate, 0) for rate in arms)}" for name, arms in ARMS.items()
    )
    return "\n\n".join(
        [
            f"{figures['repetitions']:,} runs each of {PERIODS} periods of {UNITS:,} units, "
            f"weights moved after each period. True rates: {rates}; the first arm is control.",
            table(
                ["conversions lost against the best arm for all", "bandit", "even split", "spared",
                 "traffic of the best arm"],
                regrets,
            ),
            "How many of the 95 % intervals hold the truth, adaptively weighted (reported) and "
            f"plain; Monte Carlo error ±{error * 100:.1f} points or less:",
            table(
                ["", "lift, reported", "lift, plain", "difference, reported", "difference, plain"],
                covered,
            ),
        ]
    )  # fmt: skip


SECTION = Section(name="bandit", run=run, text=text)
