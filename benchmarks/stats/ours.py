"""Our side of the speed section: from a table of units to every figure of a report.

`UnitScan` reads by `experiments.warehouse`, as `manage.py analyse` does; the speed section asks
nothing of it but `scan()`, so another reader can take its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stats.sections import Figures, Missing
from experiments import stats
from experiments.plans import MetricSpec

VALUE, BEFORE = stats.Measure(numerator=0), stats.Measure(numerator=1)
METRICS = (
    MetricSpec(key="converted", name="Converted", kind="conversion", event_name="converted"),
    MetricSpec(key="orders", name="Orders", kind="count", event_name="orders"),
    MetricSpec(key="revenue", name="Revenue", kind="sum", event_name="revenue", covariate_days=28),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What a report needs of an arm: `revenue` has the columns revenue and revenue before."""

    converted: stats.Proportion
    orders: stats.Mean
    revenue: stats.Moments


class UnitScan:
    """The warehouse's reading of a table with one row per unit."""

    def __init__(self, base: Path, rows: Path | None = None) -> None:
        """The table `units` of the database, or the Parquet file if one is given."""
        try:
            from experiments.warehouse.sources import open_engine
            from experiments.warehouse.unit_columns import UnitColumns
            from experiments.warehouse.unit_tables import units_from
        except ImportError as error:
            raise Missing(f"no {error.name}: pip install '.[warehouse]'") from error
        if rows is None:
            self._engine = open_engine(f"duckdb://{base}", ["units"])
            table = self._engine.table("units")
        else:
            self._engine = open_engine(str(rows.parent), [rows.stem])
            table = self._engine.table(rows.stem)
        columns = [UnitColumns(value=metric.key) for metric in METRICS[:-1]]
        columns.append(UnitColumns(value="revenue", before="revenue_before"))
        self._units = units_from(table, METRICS, columns, arm="variant")

    def scan(self) -> Sequence[Arm]:
        """Control, then the treatment."""
        from experiments.warehouse.unit_tables import measured_units

        rows = measured_units(self._engine, self._units, METRICS, ["arm"])
        return [_arm(row) for row in sorted(rows, key=lambda row: row["arm"])]


def _arm(row: dict) -> Arm:
    from experiments.warehouse.assembly import figures_of

    units = int(row["units"])
    converted, orders, revenue = (
        figures_of([row], units, METRICS, index) for index in range(len(METRICS))
    )
    return Arm(
        converted=stats.Proportion(trials=units, successes=int(converted.total)),
        orders=orders.moments.sample(VALUE),
        revenue=revenue.moments,
    )


def report(control: Arm, treatment: Arm) -> Figures:
    """The split checked, three metrics with difference and lift, revenue with CUPED too."""
    arms = (control, treatment)
    balance = stats.check_sample_ratio([arm.revenue.units for arm in arms], [0.5, 0.5])
    shares = [arm.converted for arm in arms]
    found = [stats.compare_proportions(*shares), stats.relative_lift(*shares)]
    plain = [arm.revenue.sample(VALUE) for arm in arms]
    adjusted = stats.adjust_for_covariates(
        control.revenue, treatment.revenue, outcome=VALUE, covariates=[BEFORE]
    )
    for pair in ([arm.orders for arm in arms], plain, [adjusted.control, adjusted.treatment]):
        found += [stats.compare_means(*pair), stats.relative_mean_lift(*pair)]
    return {
        "srm_p": balance.p_value,
        "p": found[-2].p_value,
        "estimate": found[-2].estimate,
        "plain_p": found[-4].p_value,
    }
