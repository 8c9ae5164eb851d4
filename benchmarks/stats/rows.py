"""Ten million made-up units, once: as a DuckDB table and as a Parquet file under var/."""

from __future__ import annotations

from pathlib import Path

from benchmarks.stats.sections import FOLDER, Missing

TABLE = "units"
MADE = """
CREATE TABLE units AS
WITH drawn AS (
    SELECT hash(n * 2 + 1) % 2 AS variant, random() AS buys, random() AS again, random() AS a,
        random() AS b, random() AS c, random() AS was_here
    FROM range({units}) numbers(n)
),
shaped AS (
    SELECT variant, (buys < 0.05 + 0.001 * variant) AS converted, again < 0.3 AS again,
        sqrt(-2 * ln(a + 1e-12)) * cos(2 * pi() * b) AS before_score,
        sqrt(-2 * ln(c + 1e-12)) * cos(2 * pi() * again) AS noise, was_here
    FROM drawn
)
SELECT variant::BIGINT AS variant, converted::BIGINT AS converted,
    CASE WHEN converted THEN 1 + again::BIGINT ELSE 0 END AS orders,
    CASE WHEN converted THEN exp(3 + 0.6 * before_score + 0.8 * noise) ELSE 0 END AS revenue,
    CASE WHEN converted OR was_here < 0.05 THEN exp(3 + before_score) ELSE 0 END AS revenue_before
FROM shaped
"""

# What gbstats is made to be given; the bare query is the same.
SUMS = """
SELECT variant, count(*), sum(converted), sum(orders), sum(orders * orders), sum(revenue),
    sum(revenue * revenue), sum(revenue_before), sum(revenue_before * revenue_before),
    sum(revenue * revenue_before)
FROM {relation} GROUP BY variant ORDER BY variant
"""


def make(units: int) -> tuple[Path, Path]:
    """The database and the Parquet file, made when they are missing.

    Raises:
        Missing: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise Missing("no duckdb: pip install '.[warehouse]'") from error
    FOLDER.mkdir(parents=True, exist_ok=True)
    base, rows = FOLDER / f"units-{units}.duckdb", FOLDER / f"units-{units}.parquet"
    if base.exists() and rows.exists():
        return base, rows
    base.unlink(missing_ok=True)
    # One thread, and a seed: the same rows each time.
    with duckdb.connect(str(base)) as connection:
        connection.execute("SET threads = 1")
        connection.execute("SELECT setseed(0.25)")
        connection.execute(MADE.format(units=units))
        connection.execute(f"COPY units TO '{rows}' (FORMAT parquet, COMPRESSION zstd)")
    return base, rows


def relation_of(rows: Path) -> str:
    """The Parquet file, as SQL reads it."""
    return f"read_parquet('{rows}')"
