from __future__ import annotations

import json
from io import StringIO

import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from tests.experiments.warehouse import shop
from tests.experiments.warehouse.engines import arrow_tables

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


def test_every_metric_has_a_table_with_every_view(warehouse):
    printed = run(warehouse, "--until", "2025-03-13T09:00")
    assert "Willkommen, until 2025-03-13 09:00 UTC" in printed
    assert "Split: as declared" in printed
    assert "Umsatz (sum, capped at 55.5)" in printed
    assert "capped and adjusted (CUPED" in printed
    assert printed.count("as counted") == 4


def test_json_has_all_of_it(warehouse):
    found = json.loads(run(warehouse, "--json"))
    assert sum(found["units"].values()) == 240
    views = [one["view"] for one in found["metrics"][0]["comparisons"] if one["arm"] == "urgency"]
    assert views == ["as counted", "capped", "capped and adjusted"]
    assert found["metrics"][1]["comparisons"][0]["difference"]["p_value"] <= 1


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
