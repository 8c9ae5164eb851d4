from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.warehouse.errors import WarehouseUnavailable
from experiments.warehouse.sources import open_engine, table_of


@pytest.mark.parametrize("url", ["duckdb:////no/such/file.db", "/no/such/folder", "parquet:///no"])
def test_what_is_not_there_is_named(url):
    with pytest.raises(WarehouseUnavailable, match="does not exist"):
        open_engine(url, [])


def test_a_folder_must_have_the_tables_that_are_declared(tmp_path):
    with pytest.raises(WarehouseUnavailable, match="no table 'events': put it there as events"):
        open_engine(str(tmp_path), ["events"])


def test_an_engine_without_its_driver_says_what_to_install():
    with pytest.raises(WarehouseUnavailable, match=r"pip install 'ibis-framework\[snowflake\]'"):
        open_engine("snowflake://user:password@account/shop", [])


def test_an_unknown_engine_is_refused():
    with pytest.raises(WarehouseUnavailable, match="abacus cannot be reached"):
        open_engine("abacus://host", [])


def test_a_table_may_be_in_a_schema_and_nothing_can_be_written(tmp_path):
    import duckdb

    file = tmp_path / "warehouse.db"
    with duckdb.connect(str(file)) as own:
        own.execute("CREATE SCHEMA shop; CREATE TABLE shop.people AS SELECT 'ann' AS unit_id")
    engine = open_engine(f"duckdb://{file}", ["shop.people"])
    assert table_of(engine, "shop.people").columns == ("unit_id",)
    with pytest.raises(duckdb.Error, match="read-only"):
        engine.raw_sql("DROP TABLE shop.people")


def test_three_slashes_find_a_file_beside_us_too(tmp_path, monkeypatch):
    import duckdb

    duckdb.connect(str(tmp_path / "own.db")).close()
    monkeypatch.chdir(tmp_path)
    assert open_engine("duckdb:///own.db", []).name == "duckdb"


def test_a_table_of_a_folder_may_be_a_folder(tmp_path):
    (tmp_path / "events" / "day=1").mkdir(parents=True)
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "events" / "day=1" / "part.parquet")
    engine = open_engine(f"parquet://{tmp_path}", ["events"])
    assert engine.table("events").columns[0] == "a"
