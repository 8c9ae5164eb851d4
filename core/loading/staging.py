"""Rows on their way into a table: staged by COPY, then put in place by a few statements.

Everything happens in the caller's transaction. Names in the SQL come from the importers' own code,
never from a file.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from django.db import DataError, connection, transaction

from core.loading.encoding import EncodedBatch
from core.loading.importers import Importer, Ledger, Reference, Repeats
from core.loading.refusals import Refusal

STAGED = "rows_being_loaded"
FETCHED_AT_ONCE = 1_000


@dataclass(frozen=True)
class Merged:
    inserted: int
    updated: int
    unchanged: int


class Staging:
    """The temporary table of one import."""

    def __init__(self, importer: Importer) -> None:
        self._importer = importer
        self._cursor: Any = None

    def create(self) -> None:
        self._cursor = connection.cursor()
        columns = [f"{each.name} {each.kind.sql_type}" for each in self._importer.fields]
        self._cursor.execute(f"DROP TABLE IF EXISTS {STAGED}")
        self._cursor.execute(
            f"CREATE TEMPORARY TABLE {STAGED} (line bigint, extras jsonb, {', '.join(columns)})"
        )

    def copy(self, batch: EncodedBatch) -> list[Refusal]:
        """Stage a batch; what PostgreSQL itself cannot take is found and refused row by row."""
        if not batch.rows:
            return []
        command = f"COPY {STAGED} ({', '.join(batch.columns)}) FROM STDIN"
        text = "\n".join(batch.rows)
        try:
            with transaction.atomic():
                self._cursor.copy_expert(command, io.BytesIO(text.encode()))
        except DataError as error:
            return self._refused_by_the_database(batch, error)
        return []

    def _refused_by_the_database(self, batch: EncodedBatch, error: DataError) -> list[Refusal]:
        if len(batch.rows) == 1:
            reason = str(error).partition("\n")[0]
            return [Refusal(batch.lines[0], "", reason, {"text": batch.rows[0]})]
        middle = len(batch.rows) // 2
        halves = (slice(None, middle), slice(middle, None))
        return [
            refusal
            for half in halves
            for refusal in self.copy(
                EncodedBatch(batch.columns, batch.rows[half], batch.lines[half], ())
            )
        ]

    def drop_repeats(self) -> int:
        """Leave one row a key; how many went."""
        key = self._importer.key
        kept = "max" if self._importer.repeats is Repeats.UPDATE else "min"
        self._cursor.execute(f"ANALYZE {STAGED}")
        self._cursor.execute(
            f"DELETE FROM {STAGED} s USING (SELECT {key} AS key, {kept}(line) AS line "  # noqa: S608 (names are constants of the importers)
            f"FROM {STAGED} GROUP BY {key} HAVING count(*) > 1) repeated "
            f"WHERE s.{key} = repeated.key AND s.line <> repeated.line"
        )
        return int(self._cursor.rowcount)

    def make_missing(self, reference: Reference) -> int:
        """Make the rows that staged rows name and that do not exist; how many were made."""
        made = {reference.match: f"s.{reference.field}", **(reference.made_with or {})}
        self._cursor.execute(
            f"INSERT INTO {reference.table} ({', '.join(made)}) "  # noqa: S608 (names are constants of the importers)
            f"SELECT {', '.join(made.values())} "
            f"FROM (SELECT DISTINCT {reference.field} FROM {STAGED}) s "
            f"ON CONFLICT ({reference.match}) DO NOTHING"
        )
        return int(self._cursor.rowcount)

    def drop_dangling(self, reference: Reference) -> Generator[Refusal]:
        """Take out the rows that name something unknown, each with its reason."""
        dangling = (
            f"FROM {STAGED} s WHERE NOT EXISTS (SELECT FROM {reference.table} r "
            f"WHERE r.{reference.match} = s.{reference.field})"
        )
        # A cursor on the server's side: a file in which every row is refused must not fill memory.
        with connection.connection.cursor(name="dangling_rows") as cursor:
            cursor.itersize = FETCHED_AT_ONCE
            cursor.execute(
                f"SELECT s.line, s.{reference.field}, row_to_json(s) {dangling} ORDER BY s.line"
            )
            for line, value, row in cursor:
                reason = f"{value!r} is unknown: {reference.cure}"
                filled = {name: each for name, each in row.items() if each is not None}
                yield Refusal(line, reference.field, reason, filled)
        self._cursor.execute(f"DELETE {dangling}")

    def merge(self) -> Merged:
        """Put the staged rows in place, counting what each did."""
        # Two imports into one table wait for each other: they would lock its rows in two orders.
        lock = zlib.crc32(self._importer.table.encode())
        self._cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        self._cursor.execute(f"SELECT count(*) FROM {STAGED}")  # noqa: S608 (names are constants of the importers)
        staged = int(self._cursor.fetchone()[0])
        self._cursor.execute(*insert_statement(self._importer))
        inserted = int(self._cursor.rowcount)
        updated = 0
        if self._importer.repeats is Repeats.UPDATE and inserted < staged:
            self._cursor.execute(*update_statement(self._importer))
            updated = int(self._cursor.rowcount)
        return Merged(inserted, updated, staged - inserted - updated)

    def mark_gone(self, spared: list[str]) -> int:
        """Make what no staged row names what it becomes when it is gone; how many were not yet."""
        importer = self._importer
        gone = {**importer.gone, **importer.touched}
        self._cursor.execute(
            f"UPDATE {importer.table} t "  # noqa: S608 (names are constants of the importers)
            f"SET {', '.join(f'{column} = {value}' for column, value in gone.items())} "
            f"WHERE ({self._is_there()}) AND NOT t.{importer.key} = ANY(%s) AND NOT EXISTS "
            f"(SELECT FROM {STAGED} s WHERE s.{importer.key} = t.{importer.key})",
            [spared],
        )
        return int(self._cursor.rowcount)

    def count_there(self) -> int:
        """How many stored rows are not gone."""
        table = self._importer.table
        self._cursor.execute(f"SELECT count(*) FROM {table} t WHERE {self._is_there()}")  # noqa: S608 (names are constants of the importers)
        return int(self._cursor.fetchone()[0])

    def _is_there(self) -> str:
        gone = self._importer.gone.items()
        return " OR ".join(f"t.{column} IS DISTINCT FROM {value}" for column, value in gone)

    def drop(self) -> None:
        self._cursor.execute(f"DROP TABLE {STAGED}")
        self._cursor.close()


def insert_statement(importer: Importer) -> tuple[str, list[object]]:
    """New rows, with the importer's defaults where the file said nothing."""
    values = {each.name: f"COALESCE(s.{each.name}, {each.default})" for each in importer.fields}
    if importer.extras is not None:
        # What the file names beside the fields, over what it gives as an object.
        values[importer.extras] = f"{values[importer.extras]} || COALESCE(s.extras, '{{}}')"
    joins = ""
    for number, reference in enumerate(importer.references):
        values.pop(reference.field)
        values[reference.column] = f"r{number}.id"
        is_named = f"r{number}.{reference.match} = s.{reference.field}"
        joins += f" JOIN {reference.table} r{number} ON {is_named}"
    values |= importer.computed
    columns = [*importer.constants, *values]
    expressions = [*["%s"] * len(importer.constants), *values.values()]
    insert = (
        f"INSERT INTO {importer.table} ({', '.join(columns)}) "  # noqa: S608 (names are constants of the importers)
        f"SELECT {', '.join(expressions)} FROM {STAGED} s{joins} "
    )
    constants: list[object] = list(importer.constants.values())
    ledger = importer.ledger
    if ledger is None:
        return f"{insert}ON CONFLICT ({', '.join(importer.conflict_columns)}) DO NOTHING", constants
    fresh = _ledger_statement(ledger, ordered_by=importer.key)
    statement = f"WITH fresh AS ({fresh}) {insert}JOIN fresh ON fresh.key = {ledger.key}"
    return statement, [ledger.parameter, *constants, ledger.parameter]


def _ledger_statement(ledger: Ledger, *, ordered_by: str) -> str:
    """The staged keys into the ledger; it returns those that are new."""
    columns = {ledger.column: ledger.key, **ledger.rest}
    return (
        f"INSERT INTO {ledger.table} ({', '.join(columns)}) "  # noqa: S608 (names are constants of the importers)
        f"SELECT {', '.join(columns.values())} FROM {STAGED} s ORDER BY s.{ordered_by} "
        f"ON CONFLICT DO NOTHING RETURNING {ledger.column} AS key"
    )


def update_statement(importer: Importer) -> tuple[str, list[str]]:
    """Rows that are there and differ; what the file says nothing of stays as it is."""
    fresh = {
        each.name: f"COALESCE(s.{each.name}, t.{each.name})"
        for each in importer.fields
        if each.name != importer.key
    }
    if importer.extras is not None:
        extras = importer.extras
        fresh[extras] = f"t.{extras} || COALESCE(s.{extras}, '{{}}') || COALESCE(s.extras, '{{}}')"
    assignments = {**fresh, **importer.touched}
    statement = (
        f"UPDATE {importer.table} t "  # noqa: S608 (names are constants of the importers)
        f"SET {', '.join(f'{column} = {value}' for column, value in assignments.items())} "
        f"FROM {STAGED} s WHERE t.{importer.key} = s.{importer.key} "
        f"AND ({', '.join(f't.{column}' for column in fresh)}) "
        f"IS DISTINCT FROM ({', '.join(fresh.values())})"
    )
    return statement, []
