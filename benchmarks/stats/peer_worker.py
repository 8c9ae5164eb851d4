"""Runs in `.venv-peers`, never in ours: gbstats, tea-tasting and GrowthBook's SDK work here.

Every call is timed on this side, around the work alone. Imports nothing of the project.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

LEVEL = 0.05
PACKAGES = ("gbstats", "tea-tasting", "growthbook", "duckdb", "numpy", "scipy", "pandas")
_kept: dict[str, Any] = {}


def versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in PACKAGES}


def gbstats_lifts(there: str, back: str) -> None:
    """GrowthBook's default frequentist test (relative, two-sided) of each pair of summaries."""
    from gbstats.frequentist.tests import FrequentistConfig, TwoSidedTTest
    from gbstats.models.statistics import ProportionStatistic, SampleMeanStatistic

    with np.load(there) as given:
        units, is_proportion = int(given["units"]), bool(given["is_proportion"])
        sums, squares = given["sums"], given["squares"]
    rows = []
    for total, square in zip(sums, squares, strict=True):
        pair = [
            ProportionStatistic(n=units, sum=round(total[arm]))
            if is_proportion
            else SampleMeanStatistic(n=units, sum=total[arm], sum_squares=square[arm])
            for arm in (0, 1)
        ]
        found = TwoSidedTTest(*pair, FrequentistConfig(alpha=LEVEL)).compute_result()
        rows.append((found.p_value, found.expected, *found.ci, found.error_message is None))
    _save(back, rows)


def tea_tasting_means(there: str, back: str) -> None:
    """tea-tasting's `Mean` with its defaults, of each pair of summaries."""
    import tea_tasting as tt
    from tea_tasting.aggr import Aggregates

    with np.load(there) as given:
        units, means, variances = given["units"], given["means"], given["variances"]
    sizes = np.broadcast_to(units, 2).tolist()
    metric, rows = tt.Mean("value"), []
    for mean, variance in zip(means, variances, strict=True):
        pair = [
            Aggregates(
                count_=sizes[arm],
                mean_={"value": mean[arm]},
                var_={"value": variance[arm]},
                cov_={},
            )
            for arm in (0, 1)
        ]
        found = metric.analyze_aggregates(*pair)
        ends = found.rel_effect_size_ci_lower, found.rel_effect_size_ci_upper
        rows.append((found.pvalue, found.effect_size, *ends, mean.min() > 0))
    _save(back, rows)


def open_table(path: str, relation: str) -> None:
    """The rows of the speed section, read-only: as a DuckDB table or a Parquet file."""
    import duckdb
    import ibis

    _kept["duckdb"] = duckdb.connect(path, read_only=True)
    _kept["ibis"] = ibis.duckdb.connect(path, read_only=True)
    _kept["relation"] = relation
    _kept["table"] = (
        _kept["ibis"].table(relation)
        if relation.isidentifier()
        else _kept["ibis"].read_parquet(relation.removeprefix("read_parquet('").removesuffix("')"))
    )


def tea_tasting_scan() -> dict[str, float]:
    import tea_tasting as tt

    experiment = tt.Experiment(
        {
            "srm": tt.SampleRatio(),
            "converted": tt.Mean("converted"),
            "orders": tt.Mean("orders"),
            "revenue": tt.Mean("revenue"),
            "adjusted": tt.Mean("revenue", covariate="revenue_before"),
        },
        variant="variant",
    )
    seconds, found = _timed(lambda: experiment.analyze(_kept["table"]))
    adjusted = found["adjusted"]
    return {
        "seconds": seconds,
        "p": adjusted.pvalue,
        "estimate": adjusted.effect_size,
        "plain_p": found["revenue"].pvalue,
    }


def gbstats_scan(sums: str) -> dict[str, float]:
    """The sums gbstats is made to be given, and its tests on them."""
    seconds, found = _timed(lambda: _gbstats_tests(_kept["duckdb"].execute(sums).fetchall()))
    return {"seconds": seconds, "p": found[-1].p_value, "plain_p": found[-2].p_value}


def _gbstats_tests(rows: list[tuple]) -> list[Any]:
    from gbstats.frequentist.tests import FrequentistConfig, TwoSidedTTest
    from gbstats.models.statistics import (
        ProportionStatistic,
        RegressionAdjustedStatistic,
        SampleMeanStatistic,
    )

    arms = []
    for _, units, converted, orders, orders2, revenue, revenue2, before, before2, both in rows:
        post = SampleMeanStatistic(n=units, sum=revenue, sum_squares=revenue2)
        pre = SampleMeanStatistic(n=units, sum=before, sum_squares=before2)
        arms.append(
            [
                ProportionStatistic(n=units, sum=int(converted)),
                SampleMeanStatistic(n=units, sum=orders, sum_squares=orders2),
                post,
                RegressionAdjustedStatistic(
                    n=units, post_statistic=post, pre_statistic=pre,
                    post_pre_sum_of_products=both, theta=0,
                ),
            ]
        )  # fmt: skip
    config = FrequentistConfig(difference_type="absolute")
    return [TwoSidedTTest(*pair, config).compute_result() for pair in zip(*arms, strict=True)]


def growthbook_scan(sums: str) -> dict[str, float]:
    """The same sums through the function that GrowthBook's server calls: data frames and all."""
    seconds, found = _timed(lambda: _growthbook_results(_kept["duckdb"].execute(sums).fetchall()))
    p_values = {
        each["metric"]: each["analyses"][0]["dimensions"][0]["variations"][1]["pValue"]
        for each in found
    }
    return {"seconds": seconds, "p": p_values["adjusted"], "plain_p": p_values["revenue"]}


def _growthbook_results(rows: list[tuple]) -> list[dict]:
    from gbstats.gbstats import process_experiment_results

    return process_experiment_results(
        {
            "metrics": {
                name: {"id": name, "name": name, "main_metric_type": "count", **settings}
                for name, settings in GROWTHBOOK_METRICS.items()
            },
            "analyses": [
                {
                    "var_names": ["0", "1"],
                    "var_ids": ["0", "1"],
                    "weights": [0.5, 0.5],
                    "stats_engine": "frequentist",
                    "difference_type": "absolute",
                }
            ],
            "query_results": [
                {"rows": [_growthbook_row(*row) for row in rows], "metrics": [*GROWTHBOOK_METRICS]}
            ],
        }
    )


GROWTHBOOK_METRICS = {
    "converted": {"statistic_type": "mean", "main_metric_type": "binomial"},
    "orders": {"statistic_type": "mean"},
    "revenue": {"statistic_type": "mean"},
    "adjusted": {"statistic_type": "mean_ra", "covariate_metric_type": "count"},
}


def _growthbook_row(
    variant: int, units: int, converted: int, orders: int, orders2: int, *revenue: float
) -> dict[str, Any]:
    total, squares, before, before2, both = revenue
    sums = {
        "m0_main_sum": int(converted), "m0_main_sum_squares": int(converted),
        "m1_main_sum": int(orders), "m1_main_sum_squares": int(orders2),
        "m2_main_sum": total, "m2_main_sum_squares": squares,
        "m3_main_sum": total, "m3_main_sum_squares": squares,
        "m3_covariate_sum": before, "m3_covariate_sum_squares": before2,
        "m3_main_covariate_sum_product": both,
    }  # fmt: skip
    counts = {f"m{index}_count": units for index in range(len(GROWTHBOOK_METRICS))}
    return {"variation": str(variant), "dimension": "All", "users": units, **counts, **sums}


def bare_scan(sums: str) -> dict[str, float]:
    seconds, rows = _timed(lambda: _kept["duckdb"].execute(sums).fetchall())
    return {"seconds": seconds, "units": sum(row[1] for row in rows)}


def growthbook_hashes(units: int) -> dict[str, float]:
    """The SDK's own hash and choice of a variation, per unit and nothing else."""
    from growthbook.core import chooseVariation, gbhash, getBucketRanges

    ids = [f"user-{number}" for number in range(units)]
    ranges = getBucketRanges(2, 1.0, [0.5, 0.5])
    seconds, arms = _timed(
        lambda: [chooseVariation(gbhash("welcome", unit, 2), ranges) for unit in ids]
    )
    return {"per_second": units / seconds, "second_arm": sum(arms)}


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def _save(back: str, rows: list[tuple]) -> None:
    columns = np.array(rows, dtype=float).T
    np.savez(back, **dict(zip(("p", "estimate", "low", "high", "is_made"), columns, strict=True)))


TASKS: dict[str, Callable[..., Any]] = {
    task.__name__: task
    for task in (
        versions, gbstats_lifts, tea_tasting_means, open_table, tea_tasting_scan, gbstats_scan,
        growthbook_scan, bare_scan, growthbook_hashes,
    )
}  # fmt: skip


def main() -> None:
    # What a library prints must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        answer = TASKS[asked.pop("task")](**asked)
        answers.write(json.dumps(answer, default=float) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
