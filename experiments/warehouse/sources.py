"""Where the company's tables are: a URL or a folder in, an engine out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from experiments.warehouse.errors import WarehouseUnavailable


def open_engine(url: str, tables: Sequence[str]) -> Any:
    """Connect; nothing is written there.

    Args:
        url: `duckdb:///path/file.db`; a folder of Parquet; `pyspark://` (the tables Spark knows) or
            `pyspark:///folder` (of Parquet); or any other address `ibis.connect` takes.
        tables: Names of the tables that will be asked for: those that a folder must have.

    Raises:
        WarehouseUnavailable: It is not there, or a package for it is not installed.
    """
    parts = urlsplit(url)
    if parts.scheme == "duckdb":
        return _duckdb(_file(url))
    if parts.scheme == "pyspark":
        return _spark(url, Path(parts.path) if parts.path.strip("/") else None, tables)
    if parts.scheme in ("", "file", "parquet"):
        folder = _existing(Path(url.partition("://")[2] or url), url)
        engine = _duckdb(None)
        tables_of_folder(engine, folder, tables)
        return engine
    return _other(url, parts.scheme)


def tables_of_folder(engine: Any, folder: Path, tables: Sequence[str]) -> None:
    """Make `folder/name.parquet`, or all Parquet in `folder/name/`, the table `name`.

    Raises:
        WarehouseUnavailable: The folder has neither.
    """
    for name in tables:
        file, inner = folder / f"{name}.parquet", folder / name
        if file.is_file():
            engine.read_parquet(str(file), table_name=name)
        elif any(inner.rglob("*.parquet")):
            # Spark takes a folder, DuckDB a pattern.
            pattern = inner / "**" / "*.parquet" if engine.name == "duckdb" else inner
            engine.read_parquet(str(pattern), table_name=name)
        else:
            raise WarehouseUnavailable(
                f"{folder} has no table {name!r}: put it there as {name}.parquet, or as a folder "
                f"{name} of Parquet files"
            )


def table_of(engine: Any, name: str) -> Any:
    """A table by its name, `schema.name` included.

    Raises:
        WarehouseUnavailable: There is no such table.
    """
    database, _, own = name.rpartition(".")
    try:
        return engine.table(own, database=database or None)
    except Exception as error:  # each engine has an error of its own for it
        raise WarehouseUnavailable(f"there is no table {name!r}: {_first_line(error)}") from error


def _duckdb(path: Path | None) -> Any:
    ibis = _needs("ibis", "duckdb")
    engine = ibis.duckdb.connect(path, read_only=True) if path else ibis.duckdb.connect()
    engine.raw_sql("SET TimeZone = 'UTC'")
    return engine


def _file(url: str) -> Path:
    """Three slashes are an absolute path to some tools and a relative one to others: both work."""
    path = Path(url.removeprefix("duckdb://"))
    relative = Path(str(path).lstrip("/"))
    return relative if not path.exists() and relative.exists() else _existing(path, url)


def _spark(url: str, folder: Path | None, tables: Sequence[str]) -> Any:
    _needs("ibis", "pyspark")
    from experiments.warehouse.spark import Spark

    try:
        engine = Spark.local()
    except Exception as error:  # the JVM's, whatever it says
        raise WarehouseUnavailable(
            f"Spark does not start ({_first_line(error)}): it needs Java 17 on the PATH or in "
            "JAVA_HOME"
        ) from error
    if folder is not None:
        tables_of_folder(engine, _existing(folder, url), tables)
    return engine


def _other(url: str, scheme: str) -> Any:
    ibis = _needs("ibis")
    try:
        return ibis.connect(url)
    except ImportError as error:
        raise WarehouseUnavailable(
            f"{scheme} needs its driver: pip install 'ibis-framework[{scheme}]'"
        ) from error
    except Exception as error:  # each driver has errors of its own
        raise WarehouseUnavailable(f"{scheme} cannot be reached: {_first_line(error)}") from error


def _needs(*packages: str) -> Any:
    from importlib import import_module

    try:
        found, *_ = (import_module(package) for package in packages)
    except ImportError as error:
        raise WarehouseUnavailable(
            f"{error.name} is not installed: pip install '.[warehouse]'"
        ) from error
    return found


def _existing(path: Path, url: str) -> Path:
    if not path.exists():
        raise WarehouseUnavailable(f"{url} does not exist: {path.absolute()}")
    return path


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
