"""Hillstrom's e-mail test: every lift with its interval, held against statsmodels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.stats.peers import peers
from benchmarks.stats.sections import Figures, Missing, Section, data_folder, percent, table
from experiments import stats

FILE = "hillstrom/hillstrom.csv.gz"
CONTROL, TREATMENTS = "No E-Mail", ("Mens E-Mail", "Womens E-Mail")
SHARES, AMOUNT = ("visit", "conversion"), "spend"


def run(*, is_quick: bool) -> Figures:
    """As quick as it is: nothing is left out of a smoke run."""
    del is_quick
    import pandas as pd

    path = data_folder() / FILE
    if not path.exists():
        raise Missing(f"no {FILE} in {data_folder()}")
    customers = pd.read_csv(path)
    rows = [row for arm in TREATMENTS for row in _comparisons(customers, arm)]
    worst: dict[str, float] = {}
    for row in rows:
        for what, away in row.pop("away").items():
            worst[what] = max(worst.get(what, 0.0), away)
    return {"customers": len(customers), "rows": rows, "worst": worst}


def _comparisons(customers: Any, arm: str) -> Iterator[Figures]:
    for metric in (*SHARES, AMOUNT):
        columns = [
            customers.loc[customers.treatment == one, metric].to_numpy(float)
            for one in (CONTROL, arm)
        ]
        compared = _amounts(columns) if metric == AMOUNT else _shares(columns)
        difference, lift, away = compared
        yield {
            "arm": arm,
            "metric": metric,
            "control": float(columns[0].mean()),
            "treatment": float(columns[1].mean()),
            "difference": [difference.estimate, difference.low, difference.high],
            "lift": [lift.estimate, lift.low, lift.high],
            "p": difference.p_value,
            "away": away,
        }


def _shares(columns: list[Any]) -> tuple[stats.Difference, stats.Lift, Figures]:
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

    base, value = (stats.Proportion(trials=len(one), successes=int(one.sum())) for one in columns)
    difference, lift = stats.compare_proportions(base, value), stats.relative_lift(base, value)
    counts = (value.successes, value.trials, base.successes, base.trials)
    newcombe = confint_proportions_2indep(*counts, method="newcomb")
    ratio = confint_proportions_2indep(*counts, compare="ratio", method="log")
    p = proportions_ztest(counts[::2], counts[1::2])[1]
    away = {
        "p of a share (score test)": abs(difference.p_value - p),
        "interval of a difference of shares (Newcombe)": _away(difference, newcombe),
        "interval of a lift of shares (Katz)": _away(lift, np.subtract(ratio, 1)),
    }
    return difference, lift, away


def _amounts(columns: list[Any]) -> tuple[stats.Difference, stats.Lift, Figures]:
    from statsmodels.stats.weightstats import CompareMeans

    base, value = map(stats.Mean.of, columns)
    difference, lift = stats.compare_means(base, value), stats.relative_mean_lift(base, value)
    theirs = CompareMeans.from_data(columns[1], columns[0])
    away = {
        "p of an amount (Welch)": abs(difference.p_value - theirs.ttest_ind(usevar="unequal")[1]),
        "interval of a difference of amounts (Welch)": _away(
            difference, theirs.tconfint_diff(usevar="unequal")
        ),
        "interval of a lift of amounts (log ratio; statsmodels has none, tea-tasting does)": _away(
            lift, _tea_tasting(columns)
        ),
    }
    return difference, lift, away


def _tea_tasting(columns: list[Any]) -> tuple[float, float]:
    with peers() as running:
        found = running.ask_arrays(
            "tea_tasting_means",
            units=np.array([len(one) for one in columns]),
            means=np.array([[one.mean() for one in columns]]),
            variances=np.array([[one.var(ddof=1) for one in columns]]),
        )
    return float(found["low"][0]), float(found["high"][0])


def _away(ours: stats.Difference | stats.Lift, theirs: Any) -> float:
    return float(max(abs(ours.low - theirs[0]), abs(ours.high - theirs[1])))


def text(figures: Figures) -> str:
    rows = [
        [
            f"{row['metric']}, {row['arm'].removesuffix(' E-Mail')}",
            *(f"{row[arm]:.4f}" for arm in ("control", "treatment")),
            f"{percent(row['lift'][0])} ({percent(row['lift'][1])} to {percent(row['lift'][2])})",
            f"{row['p']:.2g}",
        ]
        for row in figures["rows"]
    ]
    worst = [[what, f"{away:.1e}"] for what, away in figures["worst"].items()]
    return "\n\n".join(
        [
            f"The half given here, {figures['customers']:,} customers, each arm against no e-mail:",
            table(["metric, arm", "no e-mail", "e-mail", "lift (95 % interval)", "p"], rows),
            "Largest distance from statsmodels, over both arms and all metrics:",
            table(["figure", "largest absolute difference"], worst),
        ]
    )


SECTION = Section(name="hillstrom", run=run, text=text)
