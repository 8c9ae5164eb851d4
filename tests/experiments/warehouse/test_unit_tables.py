from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from experiments.plans import MetricSpec
from experiments.warehouse import unit_tables
from experiments.warehouse.assembly import moments_of
from experiments.warehouse.unit_columns import UnitColumns
from experiments.warehouse.unit_tables import measured_units, units_from
from tests.experiments.warehouse.engines import duckdb_with
from tests.experiments.warehouse.expected import assert_same_moments, moments_of_table

METRICS = (
    MetricSpec(key="bought", name="Bought", kind="conversion", event_name=""),
    MetricSpec(key="spend", name="Spend", kind="sum", event_name="", covariate_days=28),
    MetricSpec(key="each", name="Each", kind="ratio", event_name="", covariate_days=28),
)
COLUMNS = (
    UnitColumns(value="did_buy"),
    UnitColumns(value="spent", before="spent_in_may"),
    UnitColumns(
        value="spent", denominator="visits", before="spent_in_may", denominator_before="visits"
    ),
)


def table_of(shift=0.0, units=3_000):
    rng = np.random.default_rng(3)
    return pa.table(
        {
            "group": ["control", "urgency", "urgency"] * (units // 3),
            "did_buy": rng.random(units) < 0.3,
            "spent": shift + rng.exponential(20, units),
            "spent_in_may": rng.exponential(5, units),
            "visits": rng.integers(1, 9, units),
        }
    )


def figures(table, metrics=METRICS, columns=COLUMNS, **options):
    engine = duckdb_with(table, table)
    units = units_from(engine.table("exposures"), metrics, columns, arm="group", **options)
    rows = measured_units(engine, units, metrics, ["arm"])
    return moments_of(rows, [{**row, "exposed": row["units"]} for row in rows], metrics)


def of_urgency(table, *names):
    frame = table.to_pandas()
    return moments_of_table(frame[frame.group == "urgency"][list(names)].to_numpy(dtype=float))


def test_a_table_of_units_gives_the_moments_of_its_columns():
    table = table_of()
    found = figures(table)
    bought = found["bought", "", "urgency"]
    assert_same_moments(bought.moments, of_urgency(table, "did_buy"), "bought")
    assert bought.converters == table.to_pandas().query("group == 'urgency'").did_buy.sum()
    spend = of_urgency(table, "spent", "spent_in_may")
    assert_same_moments(found["spend", "", "urgency"].moments, spend, "spend")
    each = of_urgency(table, "spent", "visits", "spent_in_may", "visits")
    assert_same_moments(found["each", "", "urgency"].moments, each, "each")


def test_values_of_a_billion_keep_their_spread():
    table = table_of(shift=1e9)
    means, products = of_urgency(table, "spent", "spent_in_may")
    moments = figures(table)["spend", "", "urgency"].moments
    np.testing.assert_allclose(moments.means, means, rtol=1e-14)
    np.testing.assert_allclose(moments.products, products, rtol=1e-6)


def test_a_table_that_begins_far_from_its_mean_is_read_again_rather_than_believed():
    rng = np.random.default_rng(4)
    spent = np.concatenate([np.zeros(10_000), 1e9 + rng.normal(0, 1, 20_000)])
    arms = ["control"] * 10_000 + ["urgency", "curiosity"] * 10_000
    table = pa.table({"group": arms, "spent": spent, "spent_in_may": rng.random(30_000)})
    found = figures(table, METRICS[1:2], COLUMNS[1:2])["spend", "", "urgency"]
    own = spent[10_000::2]
    assert found.moments.products[0][0] == pytest.approx(((own - own.mean()) ** 2).sum(), rel=1e-6)


def test_a_null_is_a_unit_that_did_nothing():
    table = pa.table(
        {
            "group": ["control"] * 4,
            "did_buy": [True, None, False, True],
            "spent": [4.0, None, 0.0, 8.0],
            "spent_in_may": [None, 1.0, 1.0, 2.0],
            "visits": [1, 1, None, 2],
        }
    )
    found = figures(table)
    assert found["bought", "", "control"].moments.means == (0.5,)
    assert found["spend", "", "control"].moments.means == (3.0, 1.0)


@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_nulls_are_zeros_under_any_centre_and_any_cap(shift):
    rng = np.random.default_rng(8)
    spent = shift + rng.normal(20, 1, 3_000)
    columns = {"spent": np.where(rng.random(3_000) < 0.4, np.nan, spent), "visits": [1] * 3_000}
    table = pa.table(
        {"group": ["control", "urgency", "urgency"] * 1_000, "spent_in_may": spent}
        | {name: pa.array(values, from_pandas=True) for name, values in columns.items()}
    )
    capped = replace(METRICS[1], cap=Decimal(20 + int(shift)))
    found = figures(table, [capped], COLUMNS[1:2])["spend", "", "urgency"]
    filled = table.set_column(2, "spent", table["spent"].fill_null(0.0))
    own = of_urgency(filled, "spent", "spent_in_may")
    assert_same_moments(found.moments, own, "spend")
    frame = filled.to_pandas().query("group == 'urgency'")
    bounded = frame[["spent", "spent_in_may"]].clip(upper=float(capped.cap)).to_numpy()
    assert_same_moments(found.capped, moments_of_table(bounded), "capped")


def test_a_group_of_nothing_but_nulls_did_nothing():
    columns = {"did_buy": [True, None], "spent": [4.0, None], "spent_in_may": [1.0, None]}
    table = pa.table({"group": ["control", "urgency"], "visits": [1, None]} | columns)
    found = figures(table)
    assert found["bought", "", "urgency"].total == 0
    assert found["each", "", "urgency"].moments.means == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("arms", "texts"), [([0, 1], {"0", "1"}), ([True, False], {"true", "false"})]
)
def test_an_arm_of_any_type_is_a_text_in_the_end(arms, texts):
    table = pa.table({"group": arms * 2, "did_buy": [1, 0, 1, 1]})
    assert {arm for _, _, arm in figures(table, METRICS[:1], COLUMNS[:1])} == texts


def test_the_same_question_is_written_as_sql_once_whatever_the_connection():
    table = table_of()
    figures(table)
    before = unit_tables._sql.cache_info()
    figures(table)
    after = unit_tables._sql.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 2)


def test_a_conversion_is_one_however_large_the_number():
    table = pa.table({"group": ["control"] * 3, "orders": [0, 3, 1]})
    found = figures(table, METRICS[:1], [UnitColumns(value="orders")])["bought", "", "control"]
    assert (found.converters, found.total) == (2, 2)


def test_a_stratum_may_be_a_column_of_the_table():
    table = pa.table({"group": ["a"] * 3, "land": ["de", None, "de"], "did_buy": [1, 0, 0]})
    engine = duckdb_with(table, table)
    units = units_from(
        engine.table("exposures"), METRICS[:1], COLUMNS[:1], arm="group", stratum="land"
    )
    rows = measured_units(engine, units, METRICS[:1], ["arm", "stratum"])
    assert {row["stratum"]: row["units"] for row in rows} == {"de": 2, "": 1}
