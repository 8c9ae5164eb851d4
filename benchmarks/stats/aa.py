"""A/A tests: how often something is found where nothing is, by us and by the peers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.stats.peers import Peers, peers
from benchmarks.stats.sections import Figures, Section, percent, table
from experiments.simulation import (
    Conversion,
    Design,
    Generator,
    Normal,
    Revenue,
    Share,
    draw_moments,
    repeat,
)
from experiments.stats import Measure

SEED = 11
REPETITIONS, OF_THEM_TO_TEA_TASTING = 20_000, 2_000
SIZES = (200, 2_000)
LEVEL = 0.05
METRICS: dict[str, tuple[Generator, str]] = {
    "normal": (Normal(mean=10.0, deviation=2.0), "mean"),
    "conversion at 5 %": (Conversion(rate=0.05), "proportion"),
    "revenue, zero-inflated lognormal": (Revenue(), "mean"),
}


def run(*, is_quick: bool) -> Figures:
    repetitions = 200 if is_quick else REPETITIONS
    with peers() as running:
        rows = [_measure(running, name, units, repetitions) for name in METRICS for units in SIZES]
        return {"repetitions": repetitions, "rows": rows, "versions": running.ask("versions")}


def _measure(running: Peers, name: str, units: int, repetitions: int) -> Figures:
    generator, kind = METRICS[name]
    design = Design(units=2 * units, kind=kind)
    study = repeat(generator, design, repetitions=repetitions, rng=np.random.default_rng(SEED))
    means, squares = _arms(generator, design, repetitions)
    part = slice(0, OF_THEM_TO_TEA_TASTING)
    gbstats = running.ask_arrays(
        "gbstats_lifts",
        units=units,
        is_proportion=kind == "proportion",
        sums=means * units,
        squares=squares + units * means**2,
    )
    tea_tasting = running.ask_arrays(
        "tea_tasting_means", units=units, means=means[part],
        variances=squares[part] / (units - 1),
    )  # fmt: skip
    return {
        "metric": name,
        "units_per_arm": units,
        "ours": {
            "found": _share(study.rejected),
            "above": study.upward.value,
            "below": study.downward.value,
            "difference_covered": _share(study.difference_covered),
            "lift_covered": _share(study.lift_covered),
        },
        "gbstats": _peer(gbstats),
        "tea-tasting": _peer(tea_tasting),
    }


def _arms(
    generator: Generator, design: Design, repetitions: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same draws again, as means and centred squares of (repetitions, arms)."""
    means, squares = [], []
    rng = np.random.default_rng(SEED)
    for looks in draw_moments(generator, design, repetitions=repetitions, rng=rng):
        samples = [arm.sample(Measure(numerator=0)) for arm in looks[-1]]
        means.append(np.stack([sample.mean for sample in samples], axis=1))
        squares.append(np.stack([sample.centred_squares for sample in samples], axis=1))
    return np.concatenate(means), np.concatenate(squares)


def _peer(found: dict[str, NDArray[np.float64]]) -> Figures:
    is_made = found["is_made"] > 0
    is_found = is_made & (found["p"] < LEVEL)
    holds = (found["low"] <= 0) & (found["high"] >= 0) & is_made
    count = len(is_made)
    return {
        "repetitions": count,
        "found": _share(Share.of(is_found.sum(), count)),
        "above": float((is_found & (found["estimate"] > 0)).sum() / count),
        "below": float((is_found & (found["estimate"] < 0)).sum() / count),
        "lift_covered": _share(Share.of(holds.sum(), int(is_made.sum()))),
    }


def _share(share: Share) -> dict[str, float]:
    return {"value": share.value, "error": share.error}


def text(figures: Figures) -> str:
    found = [
        [
            f"{row['metric']}, {row['units_per_arm']:,} an arm",
            *(_found(row[whose]) for whose in ("ours", "gbstats", "tea-tasting")),
        ]
        for row in figures["rows"]
    ]
    covered = [
        [
            f"{row['metric']}, {row['units_per_arm']:,} an arm",
            percent(row["ours"]["difference_covered"]["value"]),
            *(
                percent(row[one]["lift_covered"]["value"])
                for one in ("ours", "gbstats", "tea-tasting")
            ),
        ]
        for row in figures["rows"]
    ]
    versions = figures["versions"]
    header = ["false positives (above / below control)", "ours", f"gbstats {versions['gbstats']}"]
    header.append(f"tea-tasting {versions['tea-tasting']}")
    some = figures["rows"][0]["tea-tasting"]["repetitions"]
    return "\n\n".join(
        [
            f"{figures['repetitions']:,} A/A tests of each kind; at most 5 % may find something. "
            "Ours and gbstats (its default: the relative test) judge the same samples, "
            f"tea-tasting (`Mean`) the first {some:,} of them. Monte Carlo error near 5 %: "
            f"±{_error(figures['repetitions'])} points (tea-tasting ±{_error(some)}).",
            table(header, found),
            "How many of the intervals, meant to hold the truth in 95 % of tests, hold it:",
            table(
                ["", "our difference", "our lift", "gbstats' lift", "tea-tasting's lift"], covered
            ),
        ]
    )


def _error(repetitions: int) -> str:
    return f"{Share.of(LEVEL * repetitions, repetitions).error * 100:.2f}"


def _found(figures: dict[str, Any]) -> str:
    above, below = percent(figures["above"], 2), percent(figures["below"], 2)
    return f"{percent(figures['found']['value'], 2)} ({above} / {below})"


SECTION = Section(name="aa", run=run, text=text)
