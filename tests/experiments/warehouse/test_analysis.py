"""From declared tables to a report: against statsmodels and pandas, not against ourselves."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from statsmodels.stats.proportion import proportions_ztest
from statsmodels.stats.weightstats import ttest_ind

from experiments.stats import quantile_ranks
from experiments.warehouse.analysis import analyse
from experiments.warehouse.declaration import declaration_from
from experiments.warehouse.errors import DeclarationInvalid, WarehouseUnavailable
from tests.experiments.warehouse import oracle, shop
from tests.experiments.warehouse.engines import EXPOSURES, arrow_tables, duckdb_with

ARMS = [
    {"key": "control", "is_control": True},
    {"key": "urgency"},
    {"key": "curiosity"},
]
NOW = shop.UNTIL + timedelta(days=100)
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
            "experiment": {"looks": "fixed"},
            "exposures": {"stratum": "stratum"},
            "events": {"value": "value"},
            "arms": arms,
            "metrics": [{"key": key} | METRICS[key] for key in keys],
        }
        | tables
    )


def analysed(shop_rows, *keys, **options):
    engine = duckdb_with(*arrow_tables(*shop_rows))
    return analyse(engine, declared(*keys, **options), until=shop.UNTIL, now=NOW)


def overall(found):
    return found.results["metrics"][0]["overall"]


def comparison(found, arm="urgency"):
    return overall(found)["comparisons"][arm]


def units(found):
    return {arm["key"]: arm["units"] for arm in found.results["arms"]}


def arrays(shop_rows, metric, *, cap=None):
    frame = oracle.unit_columns(*shop_rows, metric, until=shop.UNTIL)
    return {arm: oracle.table_of(group, cap=cap) for arm, group in frame.groupby("arm")}


def test_units_are_everyone_exposed_in_time(shop_rows):
    exposed = shop_rows[0]
    in_time = exposed[exposed.assigned_at <= shop.UNTIL].arm.value_counts()
    found = analysed(shop_rows, "converted")
    assert units(found) == {arm: in_time[arm] for arm in ("control", "urgency", "curiosity")}
    assert not found.results["balance"]["is_mismatch"]


def mature(shop_rows):
    """Those who had their 72 hours when the last whole day began."""
    exposed, log = shop_rows
    end = (shop.UNTIL - timedelta(hours=72)).replace(hour=0, minute=0, second=0, microsecond=0)
    return exposed[exposed.assigned_at < end], log


def test_shares_are_of_units_whose_window_is_over_and_compared_as_statsmodels_does(shop_rows):
    found = analysed(shop_rows, "converted")
    arms = arrays(mature(shop_rows), shop.METRICS[0])
    sizes = [len(arms[arm]) for arm in ("urgency", "control")]
    did = [arms[arm][:, 0].sum() for arm in ("urgency", "control")]
    one = comparison(found)
    expected = proportions_ztest(did, sizes)[1]
    assert one["difference"]["p_value"] == pytest.approx(expected, rel=1e-9)
    assert overall(found)["arms"]["urgency"]["units"] == sizes[0]
    assert overall(found)["arms"]["urgency"]["mean"] == pytest.approx(did[0] / sizes[0])
    lift = did[0] / sizes[0] / (did[1] / sizes[1]) - 1
    assert one["lift"]["estimate"] == pytest.approx(lift)
    waiting = sum(units(found).values()) - len(mature(shop_rows)[0])
    assert found.results["metrics"][0]["waiting"] == waiting > 0


@pytest.mark.parametrize(("view", "cap"), [("uncapped", None), ("plain", 55.5555)])
def test_means_are_compared_as_statsmodels_does(shop_rows, view, cap):
    metric = shop.MetricSpec(key="r", name="R", kind="sum", event_name=shop.ORDER)
    arms = arrays(shop_rows, metric, cap=cap)
    found = comparison(analysed(shop_rows, "revenue"))[view]
    t = ttest_ind(arms["urgency"][:, 0], arms["control"][:, 0], usevar="unequal")
    assert found["difference"]["p_value"] == pytest.approx(t[1], rel=1e-8)


def test_the_headline_is_the_capped_mean_of_a_regression_on_the_covariate(shop_rows):
    metric = shop.MetricSpec(
        key="r", name="R", kind="sum", event_name=shop.ORDER, covariate_days=14
    )
    arms = arrays(shop_rows, metric, cap=55.5555)
    everyone = np.vstack(list(arms.values()))
    theta = np.cov(everyone.T)[0, 1] / np.var(everyone[:, 1], ddof=1)
    steps = arms["urgency"].mean(axis=0) - arms["control"].mean(axis=0)
    found = analysed(shop_rows, "revenue")
    estimate = comparison(found)["difference"]["estimate"]
    assert estimate == pytest.approx(steps[0] - theta * steps[1], rel=1e-8)
    assert 0 < overall(found)["variance_kept"] <= 1.001


def test_all_that_the_products_own_tests_get_is_there(shop_rows):
    found = analysed(shop_rows, "revenue")
    one = comparison(found)
    assert one["difference"]["p_adjusted"] >= one["difference"]["p_value"]
    assert {"low_adjusted", "high_adjusted"} <= set(one["lift"])
    assert 0 < one["bayes"]["beats_control"] < 1
    assert one["stratified"]["estimate"] == pytest.approx(one["plain"]["difference"]["estimate"], 1)
    assert 0 <= one["interaction"]["p_value"] <= 1
    assert set(overall(found)["shrunken"]) == {"control", "urgency", "curiosity"}
    strata = found.results["metrics"][0]["strata"]
    assert [each["stratum"] for each in strata] == ["", "loyal", "läufer"]
    assert all(set(each["shrunken"]) == {"urgency", "curiosity"} for each in strata)
    assert found.results["verdict"]["sentence"]


def test_strata_add_up_to_the_whole(shop_rows):
    metric = analysed(shop_rows, "revenue").results["metrics"][0]
    parts = [each["table"]["arms"]["urgency"] for each in metric["strata"]]
    whole = metric["overall"]["arms"]["urgency"]
    assert sum(part["units"] for part in parts) == whole["units"]
    assert sum(float(part["total"]) for part in parts) == pytest.approx(float(whole["total"]))


def test_a_quantile_is_over_everyone_with_an_interval_of_order_statistics(shop_rows):
    arms = arrays(shop_rows, shop.METRICS[6])
    found = analysed(shop_rows, "middle")
    values = {arm: sorted(arms[arm][:, 0]) for arm in ("control", "urgency")}
    at = {arm: quantile_ranks(len(each), share=0.75) for arm, each in values.items()}
    for arm, each in values.items():
        own = overall(found)["arms"][arm]
        ranks = (at[arm].low, at[arm].middle, at[arm].high)
        expected = [each[rank - 1] for rank in ranks]
        assert [own["low"], own["mean"], own["high"]] == pytest.approx(expected, rel=1e-9)
    middles = [values[arm][at[arm].middle - 1] for arm in ("control", "urgency")]
    estimate = comparison(found)["difference"]["estimate"]
    assert estimate == pytest.approx(middles[1] - middles[0], rel=1e-9)


def test_a_quantile_of_a_stratum_is_that_of_its_units(shop_rows):
    exposed, log = shop_rows
    loyal = exposed[exposed.stratum == "loyal"], log
    strata = analysed(shop_rows, "middle").results["metrics"][0]["strata"]
    found = next(each for each in strata if each["stratum"] == "loyal")["table"]["arms"]["urgency"]
    values = sorted(arrays(loyal, shop.METRICS[6])["urgency"][:, 0])
    at = quantile_ranks(len(values), share=0.75)
    assert found["mean"] == pytest.approx(values[at.middle - 1], rel=1e-9)


def test_arms_that_the_file_does_not_name_are_told_and_left_out(shop_rows):
    found = analysed(shop_rows, "converted", arms=ARMS[:2])
    assert list(units(found)) == ["control", "urgency"]
    assert list(found.undeclared) == ["curiosity"]
    assert found.notes[0].startswith("Left out, of arms the file does not name: curiosity ")
    assert list(overall(found)["comparisons"]) == ["urgency"]
    assert found.results["progress"]["units"] == sum(units(found).values())


def test_a_declared_arm_without_units_has_nothing_to_compare(shop_rows):
    found = analysed(shop_rows, "revenue", arms=[*ARMS, {"key": "absent"}])
    assert units(found)["absent"] == 0
    assert comparison(found, "absent")["error"]
    assert comparison(found)["difference"]["p_value"] < 1


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
    found = analyse(engine, declared("converted", arms=ARMS[:2]), now=NOW)
    assert (units(found), found.in_several_arms) == ({"control": 1, "urgency": 1}, 1)
    assert found.notes == ("In several arms, counted for the first: 1",)


def test_a_lopsided_split_is_a_mismatch_and_no_verdict_is_read(shop_rows):
    lopsided = [ARMS[0] | {"weight": 0.8}, ARMS[1] | {"weight": 0.1}, ARMS[2] | {"weight": 0.1}]
    found = analysed(shop_rows, "converted", arms=lopsided)
    assert found.results["balance"]["is_mismatch"]
    assert found.results["verdict"]["kind"] == "invalid"


def test_the_days_run_from_the_first_exposure_to_the_moment_asked_for(shop_rows):
    found = analysed(shop_rows, "converted")
    assert found.results["progress"]["days"] == 9


def test_minimums_margins_and_the_rule_of_looking_are_the_files(shop_rows):
    settings = {"planned_units": 5_000, "minimum_days": 30, "minimum_units_per_arm": 1}
    metrics = [
        {"key": "converted"} | METRICS["converted"] | {"role": "goal"},
        {"key": "revenue", "role": "guardrail", "margin": 0.5} | METRICS["revenue"],
    ]
    found = analysed(shop_rows, experiment=settings, metrics=metrics).results
    assert found["looks"]["rule"] == "anytime"
    assert found["progress"]["planned_units"] == 5_000
    assert found["verdict"]["kind"] == "keep_going"
    assert found["metrics"][1]["overall"]["comparisons"]["urgency"]["margin"]["margin"] > 0


def test_without_a_moment_the_figures_are_of_now(shop_rows):
    engine = duckdb_with(*arrow_tables(*shop_rows))
    found = analyse(engine, declared("converted"), now=NOW)
    assert found.until == NOW
    assert found.results["metrics"][0]["waiting"] == 0


def test_what_has_no_figure_says_why(shop_rows):
    exposed, log = shop_rows
    nothing = log[log.name == "Refund"]
    found = comparison(analysed((exposed, nothing), "converted"))
    assert found["lift"] is None
    assert "nobody in either arm converted" in found["error"]


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
        analysed(shop_rows, "converted", **tables)


UNITS = {
    "experiment": {"looks": "fixed"},
    "units": {"table": "exposures"},
    "arms": ARMS[:2],
    "metrics": [{"key": "n", "kind": "sum", "columns": {"value": "spent"}}],
}


def people(**columns):
    table = pa.table({"arm": ["control", "urgency"] * 3} | columns)
    return duckdb_with(table, table)


def means(found):
    return tuple(overall(found)["arms"][arm]["mean"] for arm in ("control", "urgency"))


def test_a_table_of_units_is_compared_like_a_log():
    engine = people(spent=[1.0, 4.0, 2.0, 5.0, 3.0, 9.0])
    found = analyse(engine, declaration_from(UNITS), now=NOW)
    assert means(found) == (2, 6)
    expected = ttest_ind([4, 5, 9], [1, 2, 3], usevar="unequal")[1]
    assert comparison(found)["difference"]["p_value"] == pytest.approx(expected, rel=1e-12)
    assert found.until is None
    assert found.results["verdict"]["sentence"] == (
        "Keep going: 3 of 150 people in the smallest arm so far."
    )


def test_a_quantile_of_units_is_over_everyone():
    metric = {"key": "n", "kind": "quantile", "quantile": 0.5, "columns": {"value": "spent"}}
    spent = [float(number) if number % 3 else None for number in range(80)]
    engine = duckdb_with(*[pa.table({"arm": ["control", "urgency"] * 40, "spent": spent})] * 2)
    found = analyse(engine, declaration_from(UNITS | {"metrics": [metric]}), now=NOW)
    expected = [sorted(each or 0 for each in spent[start::2])[19] for start in (0, 1)]
    assert means(found) == pytest.approx(expected)


def test_a_quantile_of_too_few_says_so():
    metric = {"key": "n", "kind": "quantile", "quantile": 0.5, "columns": {"value": "spent"}}
    engine = people(spent=[1.0, 4.0, None, 5.0, 3.0, 9.0])
    found = analyse(engine, declaration_from(UNITS | {"metrics": [metric]}), now=NOW)
    assert "too few people for an interval of this quantile" in comparison(found)["error"]


def test_a_table_of_units_has_no_times():
    with pytest.raises(DeclarationInvalid, match="leave `until` out"):
        analyse(people(spent=[1.0] * 6), declaration_from(UNITS), until=shop.UNTIL, now=NOW)


def test_a_value_that_is_no_number_is_refused_with_a_reason():
    with pytest.raises(WarehouseUnavailable, match="a value that is no finite number"):
        analyse(people(spent=[1.0, float("nan")] * 3), declaration_from(UNITS), now=NOW)


def test_a_column_of_units_that_is_not_there_is_named():
    with pytest.raises(WarehouseUnavailable, match="exposures has no column 'spent'; it has arm"):
        analyse(people(), declaration_from(UNITS), now=NOW)


def test_a_conversion_of_units_may_be_true_or_false():
    metric = {"key": "n", "kind": "conversion", "columns": {"value": "spent"}}
    engine = people(spent=[True, True, False, True, None, False])
    found = analyse(engine, declaration_from(UNITS | {"metrics": [metric]}), now=NOW)
    assert means(found) == pytest.approx((1 / 3, 2 / 3))


def test_a_figure_of_units_is_a_number():
    with pytest.raises(WarehouseUnavailable, match="'spent' of exposures is a string, and values"):
        analyse(people(spent=["a"] * 6), declaration_from(UNITS), now=NOW)


def test_what_an_engine_refuses_is_said_in_its_words():
    engine = people(word=["a"] * 6)
    engine.raw_sql("CREATE VIEW broken AS SELECT arm, word::DOUBLE AS spent FROM exposures")
    with pytest.raises(WarehouseUnavailable, match="duckdb refuses the question"):
        analyse(engine, declaration_from(UNITS | {"units": {"table": "broken"}}), now=NOW)


def test_times_without_a_zone_are_taken_as_utc(shop_rows):
    exposures, events = arrow_tables(*shop_rows)
    naive = pa.timestamp("us")
    engine = duckdb_with(
        exposures.set_column(3, "assigned_at", exposures["assigned_at"].cast(naive)),
        events.set_column(2, "occurred_at", events["occurred_at"].cast(naive)),
    )
    engine.raw_sql("SET TimeZone = 'UTC'")
    found = analyse(engine, declared("converted"), until=shop.UNTIL, now=NOW)
    assert found.results == analysed(shop_rows, "converted").results
