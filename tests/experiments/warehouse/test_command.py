from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from tests.experiments.warehouse import shop
from tests.experiments.warehouse.engines import arrow_tables
from tests.factories.experiments import ORDERS, REVENUE, STARTED_AT, expose, orders, running

DECLARED = """
[experiment]
name = "Willkommen"
[exposures]
[events]
value = "value"
[[arms]]
key = "control"
is_control = true
[[arms]]
key = "urgency"
[[arms]]
key = "curiosity"
[[metrics]]
key = "revenue"
name = "Umsatz"
kind = "sum"
event_name = "Order Completed"
cap = 55.5
covariate_days = 14
[[metrics]]
key = "bought"
kind = "conversion"
event_name = "Order Completed"
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    exposed = shop.exposures()
    for name, table in zip(
        ("exposures", "events"), arrow_tables(exposed, shop.events(exposed)), strict=True
    ):
        pq.write_table(table, folder / f"{name}.parquet")
    (folder / "test.toml").write_text(DECLARED, encoding="utf-8")
    return folder


def run(folder, *options):
    out = StringIO()
    call_command(
        "analyse", str(folder / "test.toml"), "--warehouse", str(folder), *options, stdout=out
    )
    return out.getvalue()


def test_the_verdict_comes_first_and_every_metric_has_a_table(warehouse):
    printed = run(warehouse, "--until", "2025-03-13T09:00")
    lines = printed.splitlines()
    assert lines[0] == "Willkommen, until 2025-03-13 09:00 UTC"
    assert lines[1].startswith("Verdict: KEEP GOING. ")
    assert "Split: The arms' sizes fit their weights." in printed
    assert "Umsatz (sum, capped at 55.5; goal)" in printed
    assert "bought (conversion; secondary)" in printed
    for view in ("capped, with CUPED", "without CUPED", "without the cap", "as counted"):
        assert view in printed


def test_json_is_the_document_that_is_kept_of_an_analysis(warehouse):
    found = json.loads(run(warehouse, "--json"))
    assert sum(arm["units"] for arm in found["arms"]) == 240
    assert found["verdict"]["sentence"]
    one = found["metrics"][0]["overall"]["comparisons"]["urgency"]
    assert {"plain", "uncapped", "bayes"} <= {key for key, value in one.items() if value}
    assert found["metrics"][1]["overall"]["comparisons"]["urgency"]["difference"]["p_value"] <= 1


@pytest.mark.parametrize(
    "arguments", [[], ["x.toml"], ["--warehouse", "x"], ["x.toml", "--experiment", "x"]]
)
def test_a_test_is_either_declared_or_one_of_our_own(arguments):
    with pytest.raises(CommandError, match="give FILE and --warehouse URL, or --experiment KEY"):
        call_command("analyse", *arguments)


@pytest.mark.django_db
def test_one_of_our_own_is_printed_the_same_way():
    experiment = running(metrics=[ORDERS, replace(REVENUE, cap=Decimal(55))])
    expose(experiment, "control", *(f"c{number}" for number in range(30)))
    expose(experiment, "urgency", *(f"u{number}" for number in range(30)))
    orders("c1", "c2", "u1", "u2", "u3", at=STARTED_AT)
    out = StringIO()
    call_command("analyse", "--experiment", experiment.key, "--until", "2025-03-13", stdout=out)
    printed = out.getvalue()
    assert printed.startswith("Welcome, until 2025-03-13 00:00 UTC\nVerdict: ")
    assert "Units: Control 30, Urgency 30" in printed
    assert "Revenue (sum, capped at 55; secondary)" in printed


@pytest.mark.django_db
def test_an_experiment_that_is_not_there_is_answered_with_those_that_are():
    key = running().key
    with pytest.raises(CommandError, match=f"There is no experiment 'nope'. Experiments: {key}"):
        call_command("analyse", "--experiment", "nope")


def test_a_mistake_in_the_file_is_an_error_of_one_line(warehouse, tmp_path):
    (tmp_path / "test.toml").write_text(DECLARED.replace("kind", "kin"), encoding="utf-8")
    with pytest.raises(CommandError, match="metric revenue: kind is missing; write kind = a text"):
        run(tmp_path)


def test_help_shows_a_declaration(capsys):
    with pytest.raises(SystemExit):
        call_command("analyse", "--help")
    printed = capsys.readouterr().out
    assert '  kind = "sum" ' in printed
    assert "duckdb:///path/file.db" in printed
