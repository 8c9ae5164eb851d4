"""Real tests watched over time: ASOS' digital experiments, naive and anytime-valid."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.stats.sections import Figures, Missing, Section, data_folder, percent, table
from experiments import stats

FILE = "asos/asos_digital_experiments_dataset.parquet"
STREAM = ["experiment_id", "variant_id", "metric_id"]
LEVEL = 0.05
# The second for tests of this size: ASOS' run into the millions.
TUNINGS = (5_000, 1_000_000)


def run(*, is_quick: bool) -> Figures:
    import pandas as pd

    path = data_folder() / FILE
    if not path.exists():
        raise Missing(f"no {FILE} in {data_folder()}")
    snapshots = pd.read_parquet(path).dropna().sort_values("time_since_start")
    streams = [rows for _, rows in snapshots.groupby(STREAM)][: 20 if is_quick else None]
    found = [_ps(rows) for rows in streams]
    return {
        "streams": len(streams),
        "snapshots": sum(map(len, streams)),
        "skipped_without_variance": int(len(pd.read_parquet(path)) - len(snapshots)),
        "rules": {
            rule: {
                "at_the_end": _share(one[rule][-1] < LEVEL for one in found),
                "at_some_look": _share(min(one[rule]) < LEVEL for one in found),
            }
            for rule in found[0]
        },
    }


def _ps(rows) -> dict[str, list[float]]:
    """p of every look, by rule."""
    ps: dict[str, list[float]] = {"naive": []} | {f"anytime {tuned}": [] for tuned in TUNINGS}
    for row in rows.itertuples():
        control, treatment = _sample(row, "c"), _sample(row, "t")
        try:
            difference = stats.compare_means(control, treatment)
        except stats.StatsError:
            continue
        ps["naive"].append(difference.p_value)
        for tuned in TUNINGS:
            units = control.units + treatment.units
            seen = stats.watch(difference, units=units, tuned_for=tuned)
            ps[f"anytime {tuned}"].append(seen.p_value)
    return {rule: looks or [1.0] for rule, looks in ps.items()}


def _sample(row, arm: str) -> stats.Mean:
    return stats.Mean.from_variance(
        units=int(getattr(row, f"count_{arm}")),
        mean=getattr(row, f"mean_{arm}"),
        variance=max(getattr(row, f"variance_{arm}"), 0.0),
    )


def _share(hits: Iterator[bool]) -> float:
    outcomes = list(hits)
    return sum(outcomes) / len(outcomes)


def text(figures: Figures) -> str:
    names = {"naive": "naive: each look as if it were the only one"} | {
        f"anytime {tuned}": f"anytime-valid, tuned for {tuned:,} units" for tuned in TUNINGS
    }
    rows = [
        [names[rule], percent(found["at_the_end"]), percent(found["at_some_look"])]
        for rule, found in figures["rules"].items()
    ]
    return "\n\n".join(
        [
            f"{figures['streams']:,} streams (experiment x variant x metric) of the half of ASOS' "
            f"tests given here, {figures['snapshots']:,} snapshots; "
            f"{figures['skipped_without_variance']} snapshots without a variance are left out.",
            table(["streams called significant at 5 %", "at the end", "at some look"], rows),
        ]
    )


SECTION = Section(name="asos", run=run, text=text)
