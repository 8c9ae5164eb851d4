"""A few thousand rows of a file, handed out a column at a time."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from core.loading.kinds import Refuse, ValueRefused, escape_json, is_blank
from core.loading.refusals import Refusal

EMPTY_OBJECT = "{}"
# As JSON writes a number, so that "more than 5" works in rules; 007 and +1 stay texts.
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?", re.ASCII)


class Batch(ABC):
    """Rows with the line each began at; `refused` are those the reader itself could not use."""

    lines: Sequence[int]
    columns: tuple[str, ...]
    refused: Sequence[Refusal] = ()

    @abstractmethod
    def column(self, name: str) -> Sequence[Any]: ...

    @abstractmethod
    def row(self, position: int) -> dict[str, object]: ...

    def objects(self, names: Sequence[str], refuse: Refuse) -> list[str]:
        """COPY text of a JSON object per row that holds these columns' values."""
        columns = [self.column(name) for name in names]
        encoded = []
        for position, values in enumerate(zip(*columns, strict=True)):
            filled = {
                name: value
                for name, value in zip(names, values, strict=True)
                if not is_blank(value)
            }
            encoded.append(_object(filled, position, refuse))
        return encoded


def _object(filled: dict[str, object], position: int, refuse: Refuse) -> str:
    try:
        return escape_json(filled)
    except ValueRefused as refused:
        refuse(position, str(refused))
        return EMPTY_OBJECT


class TextBatch(Batch):
    """Rows of a CSV: every value is text, and what looks like a number becomes one in JSON."""

    def __init__(
        self,
        columns: tuple[str, ...],
        lines: Sequence[int],
        rows: Sequence[Sequence[str]],
        refused: Sequence[Refusal] = (),
    ) -> None:
        self.columns, self.lines, self.refused = columns, lines, refused
        values = list(zip(*rows, strict=True)) or [()] * len(columns)
        self._values = dict(zip(columns, values, strict=True))

    def column(self, name: str) -> Sequence[str]:
        return self._values[name]

    def row(self, position: int) -> dict[str, object]:
        return {name: values[position] for name, values in self._values.items()}

    def objects(self, names: Sequence[str], refuse: Refuse) -> list[str]:
        pieces = [self._members(name, refuse) for name in names]
        rows = zip(*pieces, strict=True)
        if all(map(all, pieces)):
            return [f"{{{','.join(row)}}}" for row in rows]
        return [f"{{{','.join(filter(None, row))}}}" for row in rows]

    def _members(self, name: str, refuse: Refuse) -> list[str]:
        members = _Members(name)
        try:
            return list(map(members.__getitem__, self._values[name]))
        except ValueRefused:
            return [
                self._member(members, value, position, refuse)
                for position, value in enumerate(self._values[name])
            ]

    def _member(self, members: _Members, value: str, position: int, refuse: Refuse) -> str:
        try:
            return members[value]
        except ValueRefused as refused:
            refuse(position, f"{members.name} {refused}")
            return ""


class _Members(dict[str, str]):
    """`"name":value` in COPY text by value, made once for each value that a batch holds."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self._start = escape_json(name)

    def __missing__(self, value: str) -> str:
        stripped = value.strip()
        if not stripped:
            member = ""
        elif _NUMBER.fullmatch(stripped):
            member = f"{self._start}:{stripped}"
        else:
            member = f"{self._start}:{escape_json(stripped)}"
        self[value] = member
        return member


class RecordBatch(Batch):
    """Rows of a JSONL file: an object each, in which any key may be missing."""

    def __init__(
        self,
        lines: Sequence[int],
        records: Sequence[dict[str, Any]],
        refused: Sequence[Refusal] = (),
    ) -> None:
        self.lines, self.refused = lines, refused
        self._records = records
        self.columns = tuple(dict.fromkeys(key for record in records for key in record))

    def column(self, name: str) -> Sequence[Any]:
        return [record.get(name) for record in self._records]

    def row(self, position: int) -> dict[str, object]:
        return self._records[position]

    def objects(self, names: Sequence[str], refuse: Refuse) -> list[str]:
        wanted = frozenset(names)
        encoded = []
        for position, record in enumerate(self._records):
            filled = {
                name: value
                for name, value in record.items()
                if name in wanted and not is_blank(value)
            }
            encoded.append(_object(filled, position, refuse))
        return encoded


class TableBatch(Batch):
    """Rows of a Parquet file: typed columns."""

    def __init__(
        self, columns: tuple[str, ...], lines: Sequence[int], values: Sequence[Sequence[Any]]
    ) -> None:
        self.columns, self.lines = columns, lines
        self._values = dict(zip(columns, values, strict=True))

    def column(self, name: str) -> Sequence[Any]:
        return self._values[name]

    def row(self, position: int) -> dict[str, object]:
        return {name: values[position] for name, values in self._values.items()}


class DerivedBatch(Batch):
    """Another batch with some columns computed; a row is still shown as it came."""

    def __init__(self, base: Batch, derived: Mapping[str, Sequence[Any]]) -> None:
        self._base, self._derived = base, derived
        self.lines, self.refused = base.lines, base.refused
        self.columns = (*base.columns, *(name for name in derived if name not in base.columns))

    def column(self, name: str) -> Sequence[Any]:
        return self._derived[name] if name in self._derived else self._base.column(name)

    def row(self, position: int) -> dict[str, object]:
        return self._base.row(position)

    def objects(self, names: Sequence[str], refuse: Refuse) -> list[str]:
        return self._base.objects([name for name in names if name in self._base.columns], refuse)


def content_of(batch: Batch) -> Iterator[bytes]:
    """Each row's content, the same whatever the order of its columns."""
    for position in range(len(batch.lines)):
        try:
            yield orjson.dumps(
                batch.row(position),
                default=str,
                option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS,
            )
        except TypeError:
            yield repr(sorted(batch.row(position).items())).encode(errors="surrogateescape")
