from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from experiments.plans import MetricSpec
from experiments.warehouse.definitions import (
    cap_thresholds,
    capped,
    first_exposures,
    unit_counts,
    unit_outcomes,
    with_caps,
)
from experiments.warehouse.engines import fetch
from tests.experiments.warehouse.engines import EVENTS, EXPOSURES, duckdb_with
from tests.experiments.warehouse.shop import (
    HOUR,
    METRICS,
    MICROSECOND,
    ORDER,
    STARTED_AT,
    UNTIL,
    VISIT,
    events,
    exposures,
)


def engine_of(exposed, log):
    return duckdb_with(
        pa.Table.from_pylist(exposed, schema=EXPOSURES), pa.Table.from_pylist(log, schema=EVENTS)
    )


def exposed(unit, arm="control", stratum="", at=STARTED_AT):
    return {"unit_id": unit, "arm": arm, "stratum": stratum, "assigned_at": at}


def did(unit, after=0 * HOUR, value="10", name=ORDER):
    amount = None if value is None else Decimal(value)
    return {"unit_id": unit, "name": name, "occurred_at": STARTED_AT + after, "value": amount}


def metric(kind="sum", **fields):
    return MetricSpec(key="m", name="M", kind=kind, event_name=ORDER, **fields)


def outcomes(log, *metrics, units=("ann", "bob"), until=UNTIL):
    engine = engine_of([exposed(unit) for unit in units], log)
    found = unit_outcomes(engine.table("exposures"), engine.table("events"), metrics, until=until)
    return {row["unit_id"]: row for row in fetch(engine, found)}


@pytest.mark.parametrize(
    ("after", "counts"),
    [
        (-MICROSECOND, False),
        (0 * HOUR, True),
        (24 * HOUR - MICROSECOND, True),
        (24 * HOUR, False),
    ],
)
def test_a_window_includes_its_first_moment_and_not_its_last(after, counts):
    assert ("ann" in outcomes([did("ann", after)], metric(window_hours=24))) == counts


@pytest.mark.parametrize(("after", "counts"), [(48 * HOUR - MICROSECOND, False), (48 * HOUR, True)])
def test_a_window_that_begins_later_includes_its_first_moment(after, counts):
    back = metric("retention", window_starts_hours=48)
    assert ("ann" in outcomes([did("ann", after)], back)) == counts


@pytest.mark.parametrize(("step", "counts"), [(0 * HOUR, True), (MICROSECOND, False)])
def test_the_moment_asked_for_still_counts_and_the_next_does_not(step, counts):
    assert ("ann" in outcomes([did("ann", UNTIL - STARTED_AT + step)], metric())) == counts


@pytest.mark.parametrize(
    ("after", "before"),
    [(-48 * HOUR - MICROSECOND, 0), (-48 * HOUR, 10), (-MICROSECOND, 10), (0 * HOUR, 0)],
)
def test_a_covariate_ends_before_the_assignment(after, before):
    log = [did("ann", after), did("ann", HOUR, "1")]
    assert outcomes(log, metric(covariate_days=2))["ann"]["m0_before"] == before


def test_a_unit_known_only_from_before_has_a_row():
    row = outcomes([did("ann", -HOUR, "7")], metric(covariate_days=1))["ann"]
    assert (row["m0_value"], row["m0_before"]) == (0, 7)


def test_amounts_stay_exact_and_a_missing_one_adds_nothing():
    log = [did("ann", value=value) for value in ("0.1000", "0.2003", None)] + [
        did("bob", value=None)
    ]
    found = outcomes(log, metric())
    assert (found["ann"]["m0_value"], found["bob"]["m0_value"]) == (Decimal("0.3003"), 0)


def test_a_share_is_one_however_often_and_a_count_is_not():
    log = [did("ann"), did("ann", HOUR)]
    row = outcomes(log, metric("conversion"), metric("count"))["ann"]
    assert (row["m0_value"], row["m1_value"]) == (1, 2)


def test_a_ratio_has_events_of_two_names():
    log = [did("ann", value="30"), did("ann", name=VISIT), did("ann", name=VISIT)]
    row = outcomes(log, metric("ratio", denominator_event=VISIT))["ann"]
    assert (row["m0_value"], row["m0_denominator"]) == (30, 2)


def test_a_unit_whose_events_fall_between_the_windows_has_no_row():
    log = [did("ann", 30 * HOUR), did("bob", 50 * HOUR)]
    found = outcomes(log, metric(window_hours=24), metric(window_starts_hours=48))
    assert list(found) == ["bob"]


def test_other_columns_of_the_exposures_are_passed_through():
    engine = engine_of([exposed("ann")], [did("ann")])
    with_day = engine.table("exposures").mutate(day=7)
    found = fetch(engine, unit_outcomes(with_day, engine.table("events"), [metric()], until=None))
    assert (found[0]["day"], found[0]["stratum"]) == (7, "")


def test_units_assigned_after_the_moment_asked_for_are_not_counted():
    units = [exposed("ann"), exposed("bob", at=UNTIL + MICROSECOND), exposed("cid", at=UNTIL)]
    engine = engine_of(units, [])
    assert fetch(engine, unit_counts(engine.table("exposures"), by=("arm",), until=UNTIL)) == [
        {"arm": "control", "exposed": 2}
    ]


def test_a_cap_stands_beside_the_raw_value_in_the_same_type():
    log = [did("ann", value="99.9999"), did("ann", -HOUR, "77"), did("bob", value="3")]
    spec = metric(cap=Decimal("50.25"), covariate_days=1)
    engine = engine_of([exposed("ann"), exposed("bob")], log)
    units = unit_outcomes(engine.table("exposures"), engine.table("events"), [spec], until=None)
    rows = {row["unit_id"]: row for row in fetch(engine, capped(units, [spec]))}
    assert rows["ann"]["m0_value"] == Decimal("99.9999")
    assert [rows[unit]["m0_capped"] for unit in ("ann", "bob")] == [Decimal("50.25"), Decimal(3)]
    assert rows["ann"]["m0_capped_before"] == Decimal("50.25")


def test_a_cap_at_a_quantile_looks_only_at_values_that_are_not_zero():
    values = {"ann": "1", "bob": "2", "cid": "4", "dan": "0", "eve": None}
    engine = engine_of(
        [exposed(unit) for unit in values], [did(unit, value=v) for unit, v in values.items()]
    )
    specs = [metric(cap_quantile=0.75), metric(cap_quantile=0.75, cap=Decimal(2)), metric()]
    units = unit_outcomes(engine.table("exposures"), engine.table("events"), specs, until=None)
    row = fetch(engine, cap_thresholds(units, specs))[0]
    assert [spec.cap for spec in with_caps(specs, row)] == [3, 2, None]


def test_without_a_quantile_to_cap_at_there_is_nothing_to_ask():
    engine = duckdb_with(
        pa.Table.from_pylist([], schema=EXPOSURES), pa.Table.from_pylist([], schema=EVENTS)
    )
    units = unit_outcomes(engine.table("exposures"), engine.table("events"), METRICS, until=None)
    assert cap_thresholds(units, METRICS) is None


def test_the_first_of_several_exposures_holds_and_several_arms_are_told():
    log = [
        exposed("ann", "b", at=STARTED_AT + HOUR),
        exposed("ann", "a", at=STARTED_AT + 2 * HOUR),
        exposed("bob", "a"),
        exposed("bob", "a", at=STARTED_AT + HOUR),
    ]
    engine = engine_of(log, [])
    rows = {
        row["unit_id"]: row for row in fetch(engine, first_exposures(engine.table("exposures")))
    }
    assert (rows["ann"]["arm"], rows["ann"]["assigned_at"]) == ("b", STARTED_AT + HOUR)
    assert {unit: row["is_in_several_arms"] for unit, row in rows.items()} == {
        "ann": True,
        "bob": False,
    }
    assert rows["bob"]["assigned_at"] == STARTED_AT


def test_half_of_the_shop_did_something():
    people = exposures()
    assert len(people) == 240
    assert len(events(people)) == 120 * 22 + 9 + 48 + 48
    assert timedelta(days=12) > people.assigned_at.max() - STARTED_AT > timedelta(days=11)
