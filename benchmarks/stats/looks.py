"""Fifty looks at a test: what each rule finds where nothing is, and what it costs in power."""

from __future__ import annotations

import numpy as np

from benchmarks.stats.aa import METRICS, SEED
from benchmarks.stats.sections import Figures, Section, percent, table
from experiments.simulation import Design, Effect, Normal, repeat

REPETITIONS = 20_000
LOOKS, UNITS = 50, 20_000
RULES = ("fixed", "anytime", "group-sequential")
# Found by one look at the end in four of five tests.
EFFECT = Effect(size=2.8016 * 2.0 * (4 / UNITS) ** 0.5, is_relative=False)


def run(*, is_quick: bool) -> Figures:
    repetitions = 50 if is_quick else REPETITIONS
    nothing = [
        {"metric": name, **{rule: _study(name, rule, repetitions) for rule in RULES}}
        for name in METRICS
    ]
    normal = Normal(mean=10.0, deviation=2.0)
    powers = []
    for rule, looks in (("fixed", 1), *((rule, LOOKS) for rule in RULES[1:])):
        study = repeat(
            normal,
            Design(units=UNITS, effect=EFFECT, rule=rule, looks=looks),
            repetitions=repetitions // 2,
            rng=np.random.default_rng(SEED),
        )
        powers.append(
            {
                "rule": rule,
                "looks": looks,
                "power": study.rejected.value,
                "error": study.rejected.error,
                "median_units": study.median_units,
                "covered": study.difference_covered.value,
            }
        )
    return {"repetitions": repetitions, "looks": LOOKS, "nothing": nothing, "powers": powers}


def _study(name: str, rule: str, repetitions: int) -> Figures:
    generator, kind = METRICS[name]
    study = repeat(
        generator,
        Design(units=UNITS, kind=kind, rule=rule, looks=LOOKS),
        repetitions=repetitions,
        rng=np.random.default_rng(SEED),
    )
    return {
        "found": study.rejected.value,
        "error": study.rejected.error,
        "above": study.upward.value,
        "below": study.downward.value,
    }


def text(figures: Figures) -> str:
    rows = [
        [
            row["metric"],
            *(
                f"{percent(row[rule]['found'], 2)} ± {row[rule]['error'] * 100:.2f}"
                for rule in RULES
            ),
        ]
        for row in figures["nothing"]
    ]
    powers = [
        [
            f"{row['rule']}, {row['looks']} look{'s' if row['looks'] > 1 else ''}",
            f"{percent(row['power'])} ± {row['error'] * 100:.1f}",
            f"{row['median_units']:,.0f}",
            percent(row["covered"]),
        ]
        for row in figures["powers"]
    ]
    return "\n\n".join(
        [
            f"{figures['repetitions']:,} A/A tests of {UNITS // 2:,} units an arm, looked at "
            f"{figures['looks']} times, stopped at the first find:",
            table(["false positives by rule", *RULES], rows),
            "And what it costs: an effect that one look at the end finds in four of five tests "
            f"(normal values, {figures['repetitions'] // 2:,} tests):",
            table(
                [
                    "rule",
                    "power",
                    "median units when it stops",
                    "reported interval holds the truth",
                ],
                powers,
            ),
        ]
    )


SECTION = Section(name="looks", run=run, text=text)
