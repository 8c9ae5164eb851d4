from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from experiments.plans import MetricSpec
from experiments.warehouse.aggregates import (
    centres_from,
    is_centred,
    rough_means,
    unit_moments,
)
from experiments.warehouse.assembly import moments_of
from experiments.warehouse.definitions import unit_counts, unit_outcomes
from experiments.warehouse.engines import fetch
from tests.experiments.warehouse import shop
from tests.experiments.warehouse.engines import arrow_tables, duckdb_with
from tests.experiments.warehouse.expected import (
    assert_same_figures,
    assert_same_moments,
    expected_figures,
    moments_of_table,
)

SPEND = MetricSpec(key="spend", name="Spend", kind="sum", event_name="o", covariate_days=7)


@pytest.fixture(scope="module")
def shop_rows():
    exposed = shop.exposures()
    return exposed, shop.events(exposed)


def shop_tables(shop_rows):
    engine = duckdb_with(*arrow_tables(*shop_rows))
    return engine, engine.table("exposures"), engine.table("events")


@pytest.mark.parametrize(
    "centres", [None, {}, {"m3_value": 40.0, "m4_before": -7.5, "m2_value": 1.0}]
)
def test_any_centre_gives_the_figures_of_the_oracle(shop_rows, centres):
    engine, exposures, events = shop_tables(shop_rows)
    units = unit_outcomes(exposures, events, shop.METRICS, until=shop.UNTIL)
    rows = fetch(engine, unit_moments(units, shop.METRICS, centres=centres))
    counts = fetch(engine, unit_counts(exposures, until=shop.UNTIL))
    assert_same_figures(moments_of(rows, counts, shop.METRICS), expected_figures(*shop_rows))


def test_days_put_together_are_the_whole(shop_rows):
    engine, exposures, events = shop_tables(shop_rows)
    dated = exposures.mutate(day=exposures.assigned_at.date())
    units = unit_outcomes(dated, events, shop.METRICS, until=shop.UNTIL)
    by = ("arm", "stratum", "day")
    rows = fetch(engine, unit_moments(units, shop.METRICS, by=by))
    counts = fetch(engine, unit_counts(dated, by=by, until=shop.UNTIL))
    assert len(rows) > 50
    assert_same_figures(moments_of(rows, counts, shop.METRICS), expected_figures(*shop_rows))


def units_of(values, before):
    """A table of units in DuckDB, in two arms."""
    arms = ["control", "urgency"] * (len(values) // 2)
    table = pa.table({"arm": arms, "m0_value": values, "m0_before": before})
    engine = duckdb_with(table, table)
    return engine, engine.table("exposures")


def shifted(by):
    rng = np.random.default_rng(9)
    values = by + rng.normal(0, 3, 20_000)
    before = by + 0.5 * (values - by) + rng.normal(0, 1, 20_000)
    return values, before


@pytest.mark.parametrize("with_centres", [False, True])
@pytest.mark.parametrize("shift", [0.0, 1e9])
def test_a_shift_of_a_billion_keeps_variances_and_covariances(shift, with_centres):
    values, before = shifted(shift)
    engine, units = units_of(values, before)
    centres = centres_from(fetch(engine, rough_means(units, [SPEND]))[0], [SPEND])
    rows = fetch(
        engine, unit_moments(units, [SPEND], ["arm"], centres=centres if with_centres else None)
    )
    found = moments_of(
        rows, [{"arm": row["arm"], "exposed": row["units"]} for row in rows], [SPEND]
    )
    means, products = moments_of_table(np.column_stack([values[::2], before[::2]]))
    moments = found["spend", "", "control"].moments
    np.testing.assert_allclose(moments.means, means, rtol=1e-14)
    np.testing.assert_allclose(moments.products, products, rtol=1e-6)


def test_centres_are_taken_where_the_mean_is_far_from_zero_and_only_there():
    engine, units = units_of(shifted(1e9)[0], shifted(0.0)[1])
    centres = centres_from(fetch(engine, rough_means(units, [SPEND]))[0], [SPEND])
    assert list(centres) == ["m0_value"]
    assert abs(centres["m0_value"] - 1e9) < 1


def test_figures_from_a_wrong_centre_are_known_as_such():
    engine, units = units_of(*shifted(1e9))
    rows = fetch(engine, unit_moments(units, [SPEND], ["arm"], centres={}))
    assert not is_centred(rows, [SPEND], {})


def test_figures_from_a_good_centre_pass():
    engine, units = units_of(*shifted(1e9))
    centres = {"m0_value": 1e9, "m0_before": 1e9 + 1}
    rows = fetch(engine, unit_moments(units, [SPEND], ["arm"], centres=centres))
    assert is_centred(rows, [SPEND], centres)


def test_a_column_without_spread_is_not_trusted_to_sums():
    engine, units = units_of(np.full(10, 0.1), np.zeros(10))
    rows = fetch(engine, unit_moments(units, [SPEND], ["arm"], centres={}))
    assert not is_centred(rows, [SPEND], {})


def test_moments_of_a_group_of_one_have_no_spread():
    engine, units = units_of([3.0, 5.0], [1.0, 2.0])
    rows = fetch(engine, unit_moments(units, [SPEND], ["arm"], centres={}))
    found = moments_of(
        rows, [{"arm": "control", "exposed": 1}, {"arm": "urgency", "exposed": 1}], [SPEND]
    )
    assert_same_moments(
        found["spend", "", "urgency"].moments, (np.array([5.0, 2.0]), np.zeros((2, 2))), "urgency"
    )
