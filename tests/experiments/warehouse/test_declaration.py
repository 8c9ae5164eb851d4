from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from experiments.results import LookRule
from experiments.warehouse.declaration import declaration_from, read_declaration
from experiments.warehouse.errors import DeclarationInvalid

LOG = {
    "experiment": {"name": "Willkommen", "until": "2025-03-13T09:00:00Z"},
    "exposures": {"table": "shop.seen", "unit_id": "customer", "stratum": "segment"},
    "events": {"value": "revenue"},
    "arms": [
        {"key": "control", "is_control": True, "weight": 0.5},
        {"key": "urgency", "weight": 0.5},
    ],
    "metrics": [
        {
            "key": "revenue",
            "kind": "sum",
            "event_name": "Order Completed",
            "cap": Decimal("99.5"),
            "covariate_days": 28,
        }
    ],
}
UNITS = {
    "units": {"table": "people", "arm": "variant"},
    "arms": LOG["arms"],
    "metrics": [{"key": "bought", "kind": "conversion", "columns": {"value": "did_buy"}}],
}


def changed(base, *path, to):
    """A copy with one place changed."""
    copy = deepcopy(base)
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return copy


def without(base, *path):
    copy = deepcopy(base)
    place = copy
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return copy


def test_a_log_is_declared_with_names_for_the_columns_that_are_called_otherwise():
    found = declaration_from(LOG)
    assert found.tables == ("shop.seen", "events")
    assert (found.exposures.unit_id, found.exposures.arm) == ("customer", "arm")
    assert (found.events.name, found.events.value) == ("name", "revenue")
    assert found.until == datetime(2025, 3, 13, 9, tzinfo=UTC)
    assert found.control.key == "control"


def test_a_metric_has_the_fields_of_the_product():
    metric = declaration_from(LOG).metrics[0]
    assert (metric.name, metric.kind, metric.role) == ("revenue", "sum", "goal")
    assert (metric.cap, metric.covariate_days) == (Decimal("99.5"), 28)


def test_a_metric_called_the_goal_is_it_wherever_it_stands():
    second = LOG["metrics"][0] | {"key": "second", "role": "goal"}
    found = declaration_from(changed(LOG, "metrics", to=[LOG["metrics"][0], second]))
    assert [metric.role for metric in found.metrics] == ["secondary", "goal"]


def test_a_test_is_judged_as_the_products_own_unless_the_file_says_otherwise():
    settings = declaration_from(LOG).settings
    rule = settings.rule(1_000)
    assert (rule.rule, rule.confidence) == ("anytime", 0.95)
    assert (settings.minimums.units_per_arm, settings.minimums.days) == (150, 3)
    own = {"confidence": 0.9, "looks": "fixed", "planned_units": 9_000, "minimum_days": 0}
    settings = declaration_from(changed(LOG, "experiment", to=own)).settings
    assert settings.rule(1_000) == LookRule(confidence=0.9)
    assert (settings.minimums.planned_units, settings.minimums.days) == (9_000, 0)


PLANNED = {
    "looks": "group_sequential",
    "planned_units": 10_000,
    "planned_looks": 5,
    "earlier_looks": [2_100, 4_000],
}


@pytest.mark.parametrize(
    ("units", "is_look", "earlier", "next_look"),
    [
        (6_500, True, (0.21, 0.4), 8_000),
        (5_000, False, (0.21, 0.4), 6_000),
        (4_000, True, (0.21,), 6_000),
        (12_000, True, (0.21, 0.4), None),
    ],
)
def test_planned_looks_fall_due_at_equal_steps(units, is_look, earlier, next_look):
    rule = declaration_from(changed(LOG, "experiment", to=PLANNED)).settings.rule(units)
    assert (rule.is_look, rule.earlier, rule.next_look) == (is_look, earlier, next_look)
    assert rule.information == min(units / 10_000, 1)


def test_a_table_of_units_says_which_columns_are_a_metric():
    found = declaration_from(UNITS)
    assert found.tables == ("people",)
    assert found.columns[0].value == "did_buy"


def test_toml_and_json_say_the_same(tmp_path):
    toml = tmp_path / "test.toml"
    toml.write_text(
        """
        [exposures]
        [events]
        value = "revenue"
        [[arms]]
        key = "control"
        is_control = true
        [[arms]]
        key = "ürgency"
        [[metrics]]
        key = "revenue"
        kind = "sum"
        event_name = "Order Completed"
        cap = 0.1
        """,
        encoding="utf-8",
    )
    as_json = tmp_path / "test.json"
    as_json.write_text(
        json.dumps(
            {
                "exposures": {},
                "events": {"value": "revenue"},
                "arms": [{"key": "control", "is_control": True}, {"key": "ürgency"}],
                "metrics": [
                    {"key": "revenue", "kind": "sum", "event_name": "Order Completed", "cap": 0.1}
                ],
            }
        ),
        encoding="utf-8",
    )
    assert read_declaration(toml) == read_declaration(as_json)
    assert read_declaration(toml).metrics[0].cap == Decimal("0.1")


@pytest.mark.parametrize(("name", "content"), [("a.toml", "= 1"), ("a.json", "{")])
def test_a_file_that_is_neither_toml_nor_json_is_named(tmp_path, name, content):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(DeclarationInvalid, match=f"{name} cannot be read"):
        read_declaration(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DeclarationInvalid, match=r"none\.toml cannot be read"):
        read_declaration(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        (without(LOG, "events"), r"\[events\] is missing: say where the events are"),
        (changed(LOG, "units", to={}), r"\[units\] beside \[exposures\]"),
        (changed(LOG, "events", "valeu", to="x"), r"\[events\]: valeu .* did you mean value"),
        (changed(LOG, "exposures", "arm", to=3), r"\[exposures\]: arm is 3; it must be a text"),
        (changed(LOG, "exposures", to="seen"), r"exposures must be a table"),
        (changed(LOG, "experiment", "until", to="soon"), r"until is no moment; write e\.g\."),
        (changed(LOG, "experiment", "confidence", to=95), r"confidence is 95; it must lie between"),
        (
            changed(LOG, "experiment", "looks", to="often"),
            r"looks is 'often'; write one of fixed, anytime, group_sequential",
        ),
        (
            changed(LOG, "experiment", "looks", to="group_sequential"),
            r"needs planned_units: the sample the looks lead to",
        ),
        (changed(LOG, "experiment", "earlier_looks", to=[9, 3]), r"units above 0, in order"),
        (changed(LOG, "experiment", "earlier_looks", to=["a"]), r"must be whole numbers"),
        (changed(LOG, "experiment", "planned_units", to=0), r"planned_units is 0; it must be 1"),
        (changed(LOG, "experiment", "minimum_days", to=-1), r"minimum_days is -1; it must be 0"),
        (changed(LOG, "experiment", "correction", to="tukey"), r"correction is 'tukey'; write one"),
        (changed(UNITS, "metrics", 0, "cap", to=9), r"cap is nothing that a conversion has"),
        (changed(LOG, "arms", to=[]), r"\[\[arms\]\] is missing"),
        (changed(LOG, "arms", 0, "is_control", to=False), r"one of them with is_control = true"),
        (changed(LOG, "arms", 1, "key", to="control"), r"key 'control' is there 2 times"),
        (changed(LOG, "arms", 1, "weight", to=-1), r"weight must be 0 or more"),
        (changed(LOG, "arms", 1, "weight", to=True), r"weight is True; it must be a number"),
        (without(LOG, "arms", 1, "key"), r"\[\[arms\]\] 2: key is missing; write key = a text"),
        (
            changed(LOG, "metrics", 0, "kind", to="median"),
            r"metric revenue: kind is 'median'; write",
        ),
        (changed(LOG, "metrics", 0, "kind", to="ratio"), r"revenue: denominator_event is missing"),
        (changed(LOG, "metrics", 0, "kind", to="quantile"), r"quantile is missing; write e\.g\."),
        (changed(LOG, "metrics", 0, "event_name", to=""), r"event_name is empty"),
        (changed(LOG, "metrics", 0, "cap", to=0), r"cap is 0; it must be above 0"),
        (changed(LOG, "metrics", 0, "cap_quantile", to=1.0), r"cap_quantile is 1; it must lie"),
        (
            changed(LOG, "metrics", 0, "window_hours", to=1.5),
            r"window_hours is 1\.5; .* whole number",
        ),
        (changed(LOG, "metrics", 0, "colour", to="red"), r"revenue: colour is not a key here"),
        (changed(LOG, "metrics", 0, "is_lower_better", to="no"), r"must be true or false"),
        (changed(UNITS, "metrics", 0, "columns", to={}), r"bought columns: value is missing"),
        (
            changed(UNITS, "metrics", 0, "columns", "before", to="x"),
            r"before needs covariate_days beside",
        ),
        (changed(UNITS, "metrics", 0, "kind", to="ratio"), r"columns: denominator is missing"),
    ],
)
def test_what_cannot_be_is_refused_with_the_place_and_the_cure(declared, says):
    with pytest.raises(DeclarationInvalid, match=says):
        declaration_from(declared)


def test_a_window_ends_after_it_begins():
    metric = LOG["metrics"][0] | {"window_starts_hours": 24, "window_hours": 24}
    with pytest.raises(DeclarationInvalid, match="window_hours must be after"):
        declaration_from(changed(LOG, "metrics", 0, to=metric))
