from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from experiments.plans import MetricSpec
from experiments.warehouse.maturity import cohort_ends, last_cohorts, mature_rows, matured_before
from experiments.warehouse.sampling import exact_amount, samples_from

UNTIL = datetime(2025, 3, 13, 9, tzinfo=UTC)


def metric(key, window=None, **settings):
    return MetricSpec(
        key=key, name=key, kind="count", event_name="o", window_hours=window, **settings
    )


METRICS = [metric("open"), metric("week", 168), metric("day", 24), metric("also", 24)]


def test_a_day_counts_when_its_last_unit_has_had_the_whole_window():
    assert matured_before(METRICS[2], UNTIL) == datetime(2025, 3, 12, tzinfo=UTC)
    assert matured_before(METRICS[0], UNTIL) is None


def test_there_is_a_cohort_for_each_different_window_and_one_more():
    ends = cohort_ends(METRICS, UNTIL)
    assert [end.day for end in ends] == [6, 12]
    assert last_cohorts(METRICS, UNTIL) == {"week": 0, "day": 1, "also": 1}
    rows = [{"cohort": cohort} for cohort in range(3)]
    assert [len(mature_rows(rows, end, ends)) for end in (*ends, None)] == [1, 2, 3]


def row(cohort, units, mean, exposed, stratum="s"):
    found = {"arm": "a", "stratum": stratum, "cohort": cohort, "units": units, "exposed": exposed}
    for index in range(len(METRICS)):
        found |= {
            f"m{index}_total": units * mean,
            f"m{index}_converters": units,
            f"mean_m{index}_value": float(mean),
            f"cov_m{index}_value__m{index}_value": 0.0,
        }
    return found


def test_each_metric_counts_its_own_mature_units():
    rows = [row(0, 5, 2, 10), row(1, 0, 0, 20), row(2, 30, 1, 40)]
    samples = samples_from(rows, rows, METRICS, until=UNTIL)
    assert samples.units == {("s", "a"): 70}
    found = {spec.key: samples.overall(spec.key, "a") for spec in METRICS}
    assert {key: one.units for key, one in found.items()} == {
        "open": 70,
        "week": 10,
        "day": 30,
        "also": 30,
    }
    assert {key: one.total for key, one in found.items()} == {
        "open": 40,
        "week": 10,
        "day": 10,
        "also": 10,
    }
    assert [samples.waiting(spec.key) for spec in METRICS] == [0, 60, 40, 40]
    assert found["week"].mean().mean == pytest.approx(1.0)


def test_without_times_everyone_counts():
    rows = [{**row(0, 5, 2, 10), "stratum": None}]
    samples = samples_from(rows, rows, METRICS, until=None)
    assert samples.mature == {}
    assert samples.overall("week", "a").units == 10
    assert samples.strata == ("",)


def test_amounts_are_of_four_decimals():
    assert exact_amount(Decimal("1.00005")) == 1
    assert exact_amount(12.3 + 1e-12) == exact_amount(Decimal("12.3"))
    assert exact_amount(7) == 7
