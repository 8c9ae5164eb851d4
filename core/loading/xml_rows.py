"""A file of RSS 2.0 or Atom as rows: an item or entry each, its elements as columns.

Names lose their namespace, so that `g:sale_price` is `sale_price`. An element that repeats is a
list, one with elements of its own an object.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from core.errors import InputRefused
from core.loading.batches import Batch, RecordBatch

BATCH_ROWS = 5_000
LARGEST_ROW = 4_000_000
DEEPEST = 4
ROWS = frozenset({"item", "entry"})


class _Metered:
    """A file that refuses to be read on and on without an item coming to an end."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self._name, self._file = name, file
        self._unbroken = 0

    def read(self, size: int = -1) -> bytes:
        read = self._file.read(size)
        self._unbroken += len(read)
        if self._unbroken > LARGEST_ROW:
            raise InputRefused(
                f"{self._name}: {LARGEST_ROW:,} bytes without an item; is this a feed?",
                field="file",
            )
        return read

    def item_ended(self) -> None:
        self._unbroken = 0


class XmlRows:
    """The rows of a feed: `columns` are those of the first batch, as in JSONL."""

    def __init__(self, name: str, file: IO[bytes], unpacked: IO[bytes]) -> None:
        self._name, self._file = name, file
        self._metered = _Metered(name, unpacked)
        self._items = self._records()
        self._seen = 0
        first = self._batch()
        if not first.lines:
            raise InputRefused(f"{name} holds no item: is it RSS or Atom?", field="file")
        self.columns = first.columns
        self._first = [first]

    def position(self) -> int:
        return self._file.tell()

    def batches(self) -> Iterator[Batch]:
        yield self._first.pop()
        while (batch := self._batch()).lines:
            yield batch

    def _batch(self) -> RecordBatch:
        records = []
        for record in self._items:
            records.append(record)
            if len(records) == BATCH_ROWS:
                break
        first = self._seen + 1
        self._seen += len(records)
        return RecordBatch(range(first, self._seen + 1), records)

    def _records(self) -> Iterator[dict[str, Any]]:
        """Every item in turn; what was read of it is let go at once."""
        open_elements: list[Element] = []
        try:
            steps = iterparse(self._metered, events=("start", "end"), forbid_dtd=True)
            for event, element in steps:
                if event == "start":
                    open_elements.append(element)
                    continue
                open_elements.pop()
                if _name(element) in ROWS:
                    self._metered.item_ended()
                    yield _record(element)
                    element.clear()
                    if open_elements:
                        open_elements[-1].clear()
        except DefusedXmlException:
            raise InputRefused(
                f"{self._name} declares a document type or entities, which no feed needs and which "
                "can be a trap: write it without",
                field="file",
            ) from None
        except (ParseError, LookupError) as error:
            raise InputRefused(
                f"{self._name} is not well-formed XML: {error}", field="file"
            ) from None


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _record(item: Element) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for child in item:
        name, value = _name(child), _value(child, DEEPEST)
        if name not in record:
            record[name] = value
        elif isinstance(record[name], list):
            record[name].append(value)
        else:
            record[name] = [record[name], value]
    return record


def _value(element: Element, depth: int) -> Any:
    if len(element) and depth:
        return {_name(child): _value(child, depth - 1) for child in element}
    # In Atom a link is <link href="…"/>.
    return element.text or element.get("href") or element.get("term") or ""
