"""From declared tables to compared arms: against statsmodels and pandas, not against ourselves."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from statsmodels.stats.proportion import proportions_ztest
from statsmodels.stats.weightstats import ttest_ind

from experiments.warehouse.declaration import declaration_from
from experiments.warehouse.errors import DeclarationInvalid, WarehouseUnavailable
from experiments.warehouse.findings import analyse
from tests.experiments.warehouse import oracle, shop
from tests.experiments.warehouse.engines import EXPOSURES, arrow_tables, duckdb_with

ARMS = [
    {"key": "control", "is_control": True},
    {"key": "urgency"},
    {"key": "curiosity"},
]
METRICS = {
    "converted": {"kind": "conversion", "event_name": shop.ORDER, "window_hours": 72},
    "revenue": {"kind": "sum", "event_name": shop.ORDER, "cap": 55.5555, "covariate_days": 14},
    "middle": {"kind": "quantile", "event_name": shop.ORDER, "quantile": 0.75},
}


@pytest.fixture(scope="module")
def shop_rows():
    exposed = shop.exposures(600)
    return exposed, shop.events(exposed)


def declared(*keys, arms=ARMS, **tables):
    return declaration_from(
        {
            "exposures": {"stratum": "stratum"},
            "events": {"value": "value"},
            "arms": arms,
            "metrics": [{"key": key} | METRICS[key] for key in keys],
        }
        | tables
    )


def findings(shop_rows, *keys, **options):
    engine = duckdb_with(*arrow_tables(*shop_rows))
    return analyse(engine, declared(*keys, **options), until=shop.UNTIL)


def comparison(found, view, arm="urgency"):
    return next(one for one in found.metrics[0].comparisons if (one.view, one.arm) == (view, arm))


def arrays(shop_rows, metric, *, cap=None):
    frame = oracle.unit_columns(*shop_rows, metric, until=shop.UNTIL)
    return {arm: oracle.table_of(group, cap=cap) for arm, group in frame.groupby("arm")}


def test_units_are_everyone_exposed_in_time(shop_rows):
    exposed = shop_rows[0]
    in_time = exposed[exposed.assigned_at <= shop.UNTIL].arm.value_counts()
    found = findings(shop_rows, "converted")
    assert found.units == {arm: in_time[arm] for arm in ("control", "urgency", "curiosity")}
    assert not found.balance.is_mismatch


def test_shares_are_compared_as_statsmodels_does(shop_rows):
    found = comparison(findings(shop_rows, "converted"), "as counted")
    arms = arrays(shop_rows, shop.METRICS[0])
    sizes = [len(arms[arm]) for arm in ("urgency", "control")]
    did = [arms[arm][:, 0].sum() for arm in ("urgency", "control")]
    assert found.difference.p_value == pytest.approx(proportions_ztest(did, sizes)[1], rel=1e-9)
    assert found.figure == pytest.approx(did[0] / sizes[0])
    assert found.lift.estimate == pytest.approx(did[0] / sizes[0] / (did[1] / sizes[1]) - 1)


@pytest.mark.parametrize(("view", "cap"), [("as counted", None), ("capped", 55.5555)])
def test_means_are_compared_as_statsmodels_does(shop_rows, view, cap):
    metric = shop.MetricSpec(key="r", name="R", kind="sum", event_name=shop.ORDER)
    arms = arrays(shop_rows, metric, cap=cap)
    found = comparison(findings(shop_rows, "revenue"), view)
    t = ttest_ind(arms["urgency"][:, 0], arms["control"][:, 0], usevar="unequal")
    assert found.difference.p_value == pytest.approx(t[1], rel=1e-8)


def test_an_adjusted_mean_is_the_one_of_a_regression_on_the_covariate(shop_rows):
    metric = shop.MetricSpec(
        key="r", name="R", kind="sum", event_name=shop.ORDER, covariate_days=14
    )
    arms = arrays(shop_rows, metric, cap=55.5555)
    both = np.vstack([arms["control"], arms["urgency"]])
    theta = np.cov(both.T)[0, 1] / np.var(both[:, 1], ddof=1)
    steps = arms["urgency"].mean(axis=0) - arms["control"].mean(axis=0)
    found = comparison(findings(shop_rows, "revenue"), "capped and adjusted")
    assert found.difference.estimate == pytest.approx(steps[0] - theta * steps[1], rel=1e-8)
    assert 0 < found.variance_kept <= 1.001


def test_a_quantile_is_over_everyone_and_its_error_is_woodruffs(shop_rows):
    values = arrays(shop_rows, shop.METRICS[6])["urgency"][:, 0]
    found = comparison(findings(shop_rows, "middle"), "as counted")
    assert found.figure == pytest.approx(np.quantile(values, 0.75), rel=1e-9)
    errors = [
        woodruff(arrays(shop_rows, shop.METRICS[6])[arm][:, 0], 0.75)
        for arm in ("control", "urgency")
    ]
    assert found.difference.standard_error == pytest.approx(np.hypot(*errors), rel=1e-9)


def woodruff(values, q):
    step = 1.959963984540054 * np.sqrt(q * (1 - q) / len(values))
    return (np.quantile(values, q + step) - np.quantile(values, q - step)) / 2 / 1.959963984540054


def test_arms_that_the_file_does_not_name_are_told_and_left_out(shop_rows):
    found = findings(shop_rows, "converted", arms=ARMS[:2])
    assert list(found.units) == ["control", "urgency"]
    assert list(found.undeclared) == ["curiosity"]
    assert {one.arm for one in found.metrics[0].comparisons} == {"urgency"}


def test_a_unit_in_several_arms_counts_for_the_first_and_is_told():
    rows = [
        {"unit_id": unit, "arm": arm, "stratum": None, "assigned_at": shop.STARTED_AT + after}
        for unit, arm, after in [
            ("ann", "control", timedelta()),
            ("ann", "urgency", shop.HOUR),
            ("bob", "urgency", timedelta()),
            ("bob", "urgency", shop.HOUR),
        ]
    ]
    exposed = pa.Table.from_pylist(rows, schema=EXPOSURES)
    engine = duckdb_with(
        exposed, arrow_tables(shop.exposures(2), shop.events(shop.exposures(2)))[1]
    )
    found = analyse(engine, declared("converted", arms=ARMS[:2]))
    assert (found.units, found.in_several_arms) == ({"control": 1, "urgency": 1}, 1)


def test_a_lopsided_split_is_a_mismatch(shop_rows):
    lopsided = [ARMS[0] | {"weight": 0.8}, ARMS[1] | {"weight": 0.1}, ARMS[2] | {"weight": 0.1}]
    assert findings(shop_rows, "converted", arms=lopsided).balance.is_mismatch


def test_what_has_no_figure_says_why(shop_rows):
    exposed, log = shop_rows
    nothing = log[log.name == "Refund"]
    found = comparison(findings((exposed, nothing), "converted"), "as counted")
    assert found.lift is None
    assert "nobody in either arm converted" in found.error


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"exposures": {"table": "seen"}}, "there is no table 'seen'"),
        ({"exposures": {"arm": "variant"}}, "exposures has no column 'variant'; it has unit_id"),
        ({"exposures": {"assigned_at": "arm"}}, "'arm' of exposures is a string, and must be"),
        ({"events": {"value": "name"}}, "'name' of events is a string, and values are numbers"),
    ],
)
def test_a_table_or_column_that_is_not_there_is_named(shop_rows, tables, says):
    with pytest.raises(WarehouseUnavailable, match=says):
        findings(shop_rows, "converted", **tables)


UNITS = {
    "units": {"table": "exposures"},
    "arms": ARMS[:2],
    "metrics": [{"key": "n", "kind": "sum", "columns": {"value": "spent"}}],
}


def people(**columns):
    table = pa.table({"arm": ["control", "urgency"] * 3} | columns)
    return duckdb_with(table, table)


def test_a_table_of_units_is_compared_like_a_log():
    engine = people(spent=[1.0, 4.0, 2.0, 5.0, 3.0, 9.0])
    found = comparison(analyse(engine, declaration_from(UNITS)), "as counted")
    assert (found.control_figure, found.figure) == (2, 6)
    assert found.difference.p_value == pytest.approx(
        ttest_ind([4, 5, 9], [1, 2, 3], usevar="unequal")[1], rel=1e-12
    )


def test_a_table_of_units_has_no_times():
    with pytest.raises(DeclarationInvalid, match="leave `until` out"):
        analyse(people(spent=[1.0] * 6), declaration_from(UNITS), until=shop.UNTIL)


def test_a_column_of_units_that_is_not_there_is_named():
    with pytest.raises(WarehouseUnavailable, match="exposures has no column 'spent'; it has arm"):
        analyse(people(), declaration_from(UNITS))


def test_a_conversion_of_units_may_be_true_or_false():
    metric = {"key": "n", "kind": "conversion", "columns": {"value": "spent"}}
    engine = people(spent=[True, True, False, True, None, False])
    found = comparison(
        analyse(engine, declaration_from(UNITS | {"metrics": [metric]})), "as counted"
    )
    assert (found.control_figure, found.figure) == pytest.approx((1 / 3, 2 / 3))


def test_a_figure_of_units_is_a_number():
    with pytest.raises(WarehouseUnavailable, match="'spent' of exposures is a string, and values"):
        analyse(people(spent=["a"] * 6), declaration_from(UNITS))


def test_what_an_engine_refuses_is_said_in_its_words():
    engine = people(word=["a"] * 6)
    engine.raw_sql("CREATE VIEW broken AS SELECT arm, word::DOUBLE AS spent FROM exposures")
    with pytest.raises(WarehouseUnavailable, match="duckdb refuses the question"):
        analyse(engine, declaration_from(UNITS | {"units": {"table": "broken"}}))


def test_times_without_a_zone_are_taken_as_utc(shop_rows):
    exposures, events = arrow_tables(*shop_rows)
    naive = pa.timestamp("us")
    engine = duckdb_with(
        exposures.set_column(3, "assigned_at", exposures["assigned_at"].cast(naive)),
        events.set_column(2, "occurred_at", events["occurred_at"].cast(naive)),
    )
    engine.raw_sql("SET TimeZone = 'UTC'")
    found = analyse(engine, declared("converted"), until=shop.UNTIL)
    assert comparison(found, "as counted").figure == pytest.approx(
        comparison(findings(shop_rows, "converted"), "as counted").figure
    )
