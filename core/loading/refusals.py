"""Rows that could not be used: told with line and reason, and kept in a file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from core.errors import InputRefused

REASONS_TOLD, REASONS_KEPT = 10, 1_000
# What reasons name of a row's own: quoted values, lengths.
_VALUES = re.compile(r"'[^']*'|\b\d+\b")


@dataclass(frozen=True)
class Refusal:
    """`line` is where the row begins in the file (in Parquet, its number)."""

    line: int
    field: str
    reason: str
    row: object

    def __str__(self) -> str:
        where = f"line {self.line}"
        return f"{where}: {self.field} {self.reason}" if self.field else f"{where}: {self.reason}"


@dataclass(frozen=True)
class Reason:
    """Why some rows could not be used; `line` is where the first of them begins."""

    says: str
    rows: int
    line: int

    def __str__(self) -> str:
        start = f"from line {self.line} on" if self.rows > 1 else f"line {self.line}"
        return f"{self.rows:,} {'rows' if self.rows > 1 else 'row'}, {start}: {self.says}"


class RejectsFile:
    """Written beside the file it is about, and put in place only once the import is done."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._partial = path.with_name(f"{path.name}.partial")
        self._file: IO[str] | None = None
        # By what a reason says, whatever value it names.
        self._counted: dict[str, Reason] = {}

    def reasons(self) -> tuple[Reason, ...]:
        """The commonest reasons, most rows first, in the words of the first such row."""
        found = sorted(self._counted.values(), key=lambda one: (-one.rows, one.line))
        return tuple(found[:REASONS_TOLD])

    def _tally(self, refusal: Refusal) -> None:
        says = f"{refusal.field} {refusal.reason}".strip()
        kind = _VALUES.sub("…", says)
        known = self._counted.get(kind)
        if known is not None:
            self._counted[kind] = replace(known, rows=known.rows + 1)
        elif len(self._counted) < REASONS_KEPT:
            self._counted[kind] = Reason(says, 1, refusal.line)

    def add(self, refusal: Refusal) -> None:
        self._tally(refusal)
        if self._file is None:
            self._file = self._open()
        # Escaped to ASCII, as what was refused may be text that no encoding can hold.
        json.dump(
            {
                "line": refusal.line,
                "field": refusal.field,
                "reason": refusal.reason,
                "row": refusal.row,
            },
            self._file,
            default=str,
        )
        self._file.write("\n")
        self.count += 1

    def _open(self) -> IO[str]:
        try:
            return self._partial.open("w", encoding="ascii")
        except OSError as error:
            raise InputRefused(
                f"cannot write the rejects file {self.path.name}: {error.strerror}; "
                "name another place with --rejects",
                field="rejects",
            ) from None

    def keep(self) -> None:
        if self._file is not None:
            self._file.close()
            self._partial.replace(self.path)

    def discard(self) -> None:
        if self._file is not None:
            self._file.close()
            self._partial.unlink(missing_ok=True)
