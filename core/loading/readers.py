"""Files of rows: CSV, JSONL, XML feeds and Parquet, read in batches, whatever their size.

Nothing here holds more than a batch: not a file, not a group of rows, not a line without an end.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

import orjson

from core.errors import InputRefused
from core.loading.batches import Batch, RecordBatch, TableBatch, TextBatch
from core.loading.refusals import Refusal
from core.loading.xml_rows import XmlRows

BATCH_ROWS = 5_000
BATCH_CHARACTERS = 4_000_000
LONGEST_LINE = 4_000_000
LARGEST_CELL = 1_000_000
KEPT_OF_A_BAD_LINE = 10_000
DELIMITERS = ",;\t|"
FORMATS = ".csv, .tsv, .jsonl, .ndjson, .xml (each also with .gz), .parquet"


class Reader(ABC):
    """A file open for reading: the columns it has, then its rows in batches."""

    columns: tuple[str, ...]

    @abstractmethod
    def batches(self) -> Iterator[Batch]: ...

    @abstractmethod
    def position(self) -> int:
        """How many bytes of the file have been read, for a progress bar."""


@contextmanager
def open_rows(path: Path) -> Iterator[Reader]:
    """A reader for the file, chosen by its name; raises InputRefused for what cannot be read."""
    suffix, is_packed = _suffix(path)
    try:
        with path.open("rb") as file:
            if path.stat().st_size == 0:
                raise InputRefused(f"{path.name} is empty", field="file")
            unpacked = cast("IO[bytes]", gzip.GzipFile(fileobj=file) if is_packed else file)
            yield _READERS[suffix](path.name, file, unpacked)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise InputRefused(
            f"{path.name} is not whole: it cannot be unpacked to its end", field="file"
        ) from None
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        if error.filename != str(path):
            raise
        raise InputRefused(f"{path.name} cannot be read: {error.strerror}", field="file") from None


def _suffix(path: Path) -> tuple[str, bool]:
    name = path.name.lower()
    is_packed = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    if suffix not in _READERS or (is_packed and suffix == ".parquet"):
        raise InputRefused(f"{path.name}: the name does not end in one of {FORMATS}", field="file")
    return suffix, is_packed


class CsvReader(Reader):
    """A CSV with a header line; the sign between its cells is found in that line."""

    def __init__(self, name: str, file: IO[bytes], unpacked: IO[bytes]) -> None:
        self._file = file
        # What is not UTF-8 becomes lone surrogates, which no value may hold: that refuses the row.
        text = io.TextIOWrapper(
            unpacked, encoding="utf-8-sig", errors="surrogateescape", newline=""
        )
        self._lines = _Lines(name, text)
        first = self._lines.peek()
        if first.startswith(("\udcff\udcfe", "\udcfe\udcff")) or "\x00" in first:
            raise InputRefused(f"{name} is not UTF-8 text: save it as CSV in UTF-8", field="file")
        delimiter = max(DELIMITERS, key=first.count)
        csv.field_size_limit(LARGEST_CELL)
        self._rows = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self.columns = self._header(name)

    def _header(self, name: str) -> tuple[str, ...]:
        try:
            header = tuple(cell.strip() for cell in next(self._rows, []))
        except csv.Error as error:
            raise InputRefused(f"{name}: malformed header line: {error}", field="file") from None
        if not any(header):
            raise InputRefused(f"{name}: the first line must name the columns", field="file")
        named = [cell for cell in header if cell]
        twice = {cell for cell in named if named.count(cell) > 1}
        if twice:
            raise InputRefused(
                f"{name}: two columns are called {min(twice)!r}; rename one", field="file"
            )
        # A column without a name (pandas' index is one) is kept apart by its place.
        return tuple(cell or " " * (place + 1) for place, cell in enumerate(header))

    def position(self) -> int:
        return self._file.tell()

    def batches(self) -> Iterator[Batch]:
        while not self._lines.is_at_end:
            yield self._batch()

    def _batch(self) -> TextBatch:
        lines: list[int] = []
        rows: list[list[str]] = []
        refused: list[Refusal] = []
        until = self._lines.characters + BATCH_CHARACTERS
        width = len(self.columns)
        while len(rows) + len(refused) < BATCH_ROWS and self._lines.characters < until:
            line = self._lines.start_record()
            try:
                row = next(self._rows, None)
            except csv.Error as error:
                refused.append(self._refusal(line, str(error)))
                continue
            if row is None:
                break
            if len(row) == width:
                lines.append(line)
                rows.append(row)
            elif row:
                refused.append(self._refusal(line, f"has {len(row)} cells; the header has {width}"))
        return TextBatch(self.columns, lines, rows, refused)

    def _refusal(self, line: int, reason: str) -> Refusal:
        last = self._lines.number
        reach = f" (lines {line} to {last} were read as one row)" if last > line else ""
        return Refusal(line, "", reason + reach, {"text": self._lines.record()})


class _Lines(Iterator[str]):
    """Lines of text, counted, none without an end; remembers those of the present record."""

    def __init__(self, name: str, text: IO[str]) -> None:
        self._name, self._text = name, text
        self._held: list[str] = []
        self._peeked: str | None = None
        self.number = 0
        self.characters = 0
        self.is_at_end = False

    def peek(self) -> str:
        self._peeked = self._text.readline(LONGEST_LINE)
        return self._peeked

    def __next__(self) -> str:
        if self._peeked is None:
            line = self._text.readline(LONGEST_LINE)
        else:
            line, self._peeked = self._peeked, None
        if not line:
            self.is_at_end = True
            raise StopIteration
        self.number += 1
        self.characters += len(line)
        if len(line) >= LONGEST_LINE:
            raise InputRefused(_endless(self._name, self.number, "a CSV"), field="file")
        self._held.append(line)
        return line

    def start_record(self) -> int:
        """Forget the last record's lines; the number of the line the next one begins at."""
        self._held.clear()
        return self.number + 1

    def record(self) -> str:
        return "".join(self._held)[:KEPT_OF_A_BAD_LINE]


def _endless(name: str, number: int, wanted: str) -> str:
    return f"{name}: line {number} is longer than {LONGEST_LINE:,} characters; is this {wanted}?"


class JsonlReader(Reader):
    """A JSON object on every line."""

    def __init__(self, name: str, file: IO[bytes], unpacked: IO[bytes]) -> None:
        self._name, self._file, self._unpacked = name, file, unpacked
        self._number = 0
        self._is_at_end = False
        first = self._batch()
        if not first.lines and not first.refused:
            raise InputRefused(f"{name} holds no row", field="file")
        self.columns = first.columns
        self._first = [first]

    def position(self) -> int:
        return self._file.tell()

    def batches(self) -> Iterator[Batch]:
        yield self._first.pop()
        while not self._is_at_end:
            yield self._batch()

    def _batch(self) -> RecordBatch:
        lines: list[int] = []
        records: list[dict[str, Any]] = []
        refused: list[Refusal] = []
        room = BATCH_CHARACTERS
        for line in islice(iter(self._line, b""), BATCH_ROWS):
            if line.strip():
                record = self._record(line)
                if isinstance(record, Refusal):
                    refused.append(record)
                else:
                    lines.append(self._number)
                    records.append(record)
            room -= len(line)
            if room < 0:
                break
        return RecordBatch(lines, records, refused)

    def _line(self) -> bytes:
        line = self._unpacked.readline(LONGEST_LINE)
        self._number += 1
        self._is_at_end = not line
        if len(line) >= LONGEST_LINE:
            raise InputRefused(
                _endless(self._name, self._number, "JSONL, an object a line"), field="file"
            )
        return line.removeprefix(b"\xef\xbb\xbf") if self._number == 1 else line

    def _record(self, line: bytes) -> dict[str, Any] | Refusal:
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            return self._refusal(line, f"is not JSON: {error}")
        if not isinstance(record, dict):
            return self._refusal(line, f"is a {type(record).__name__}; wanted an object a line")
        return record

    def _refusal(self, line: bytes, reason: str) -> Refusal:
        text = line[:KEPT_OF_A_BAD_LINE].decode(errors="backslashreplace")
        return Refusal(self._number, "", reason, {"text": text})


class ParquetReader(Reader):
    """A Parquet file, read a batch of rows at a time."""

    def __init__(self, name: str, file: IO[bytes], _unpacked: IO[bytes]) -> None:
        import pyarrow
        from pyarrow import parquet

        try:
            self._parquet = parquet.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)
        except (pyarrow.ArrowInvalid, OSError) as error:
            raise InputRefused(f"{name} is not a Parquet file: {error}", field="file") from None
        self.columns = tuple(self._parquet.schema_arrow.names)
        self._size = Path(file.name).stat().st_size
        self._seen = 0

    def position(self) -> int:
        return self._size * self._seen // max(self._parquet.metadata.num_rows, 1)

    def batches(self) -> Iterator[Batch]:
        for table in self._parquet.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
            first = self._seen + 1
            self._seen += table.num_rows
            values = [column.to_pylist() for column in table.columns]
            yield TableBatch(self.columns, range(first, self._seen + 1), values)


_READERS: dict[str, Any] = {
    ".csv": CsvReader,
    ".tsv": CsvReader,
    ".xml": XmlRows,
    ".jsonl": JsonlReader,
    ".ndjson": JsonlReader,
    ".parquet": ParquetReader,
}
