"""Our side of the speed section: from a table of units to every figure of a report.

`UnitScan` is the place to plug another reader in: it has `scan()`, which gives what is known of
each arm, and nothing else is asked of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.stats.sections import Figures
from experiments import stats

REVENUE, BEFORE = stats.Measure(numerator=0), stats.Measure(numerator=1)
# Rows that give the centres about which the scan sums: any would do, near ones keep the digits.
PEEK = "SELECT avg(revenue), avg(revenue_before) FROM (FROM {relation} LIMIT 2048)"
# Whole numbers are summed exactly as they are; amounts about a centre. Without the cast DuckDB
# reads a centre as a decimal, and takes five times as long.
SCAN = """
WITH centred AS (
    SELECT variant, converted, orders, revenue - {revenue!r}::DOUBLE AS revenue,
        revenue_before - {before!r}::DOUBLE AS before
    FROM {relation}
)
SELECT count(*), sum(converted), sum(orders), sum(orders * orders), sum(revenue), sum(before),
    sum(revenue * revenue), sum(revenue * before), sum(before * before)
FROM centred GROUP BY variant ORDER BY variant
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What a report needs of an arm: `revenue` has the columns revenue and revenue before."""

    converted: stats.Proportion
    orders: stats.Mean
    revenue: stats.Moments


class Scan(Protocol):
    """Reads the units."""

    def scan(self) -> Sequence[Arm]:
        """Control, then the treatment."""


class UnitScan:
    """One GROUP BY in DuckDB, of sums about a centre instead of sums about zero."""

    def __init__(self, path: Path, relation: str) -> None:
        import duckdb

        self._connection = duckdb.connect(str(path), read_only=True)
        self._relation = relation

    def scan(self) -> Sequence[Arm]:
        """A peek for the centres, then one pass."""
        relation = self._relation
        centres = self._connection.execute(PEEK.format(relation=relation)).fetchone()
        scan = SCAN.format(relation=relation, revenue=centres[0], before=centres[1])
        return [_arm(row, centres) for row in self._connection.execute(scan).fetchall()]


def _arm(row: Sequence[float], centres: Sequence[float]) -> Arm:
    units, converted, orders, squares = map(int, row[:4])
    away = np.array(row[4:6]) / units
    products = np.array([[row[6], row[7]], [row[7], row[8]]]) - units * np.outer(away, away)
    return Arm(
        converted=stats.Proportion(trials=units, successes=converted),
        orders=stats.Mean(
            units=units,
            mean=orders / units,
            centred_squares=(units * squares - orders * orders) / units,
        ),
        revenue=stats.Moments(
            units=units,
            means=tuple((np.array(centres) + away).tolist()),
            products=tuple(map(tuple, products.tolist())),
        ),
    )


def report(control: Arm, treatment: Arm) -> Figures:
    """The split checked, three metrics with difference and lift, revenue with CUPED too."""
    arms = (control, treatment)
    balance = stats.check_sample_ratio([arm.revenue.units for arm in arms], [0.5, 0.5])
    shares = [arm.converted for arm in arms]
    found = [stats.compare_proportions(*shares), stats.relative_lift(*shares)]
    plain = [arm.revenue.sample(REVENUE) for arm in arms]
    adjusted = stats.adjust_for_covariates(
        control.revenue, treatment.revenue, outcome=REVENUE, covariates=[BEFORE]
    )
    for pair in ([arm.orders for arm in arms], plain, [adjusted.control, adjusted.treatment]):
        found += [stats.compare_means(*pair), stats.relative_mean_lift(*pair)]
    return {
        "srm_p": balance.p_value,
        "p": found[-2].p_value,
        "estimate": found[-2].estimate,
        "plain_p": found[-4].p_value,
    }
