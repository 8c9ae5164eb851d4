"""A file that outlives its process: what was given out and is not in the database yet.

The process that writes one holds a lock on it, which the kernel lets go of when the process ends,
however it ends. So a journal that can be locked is one whose writer is gone. A killed process loses
nothing; a machine that loses its power may lose the last moment, since nothing waits for the disk.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

SUFFIX = ".journal"


class Journal:
    """Lines of JSON in a file of its own, locked while this object lives."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def create(cls, folder: Path) -> Journal:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
        # Under another name until it is locked, or it would look abandoned for a moment.
        unlocked = path.with_suffix(".new")
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(unlocked, flags, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unlocked.rename(path)
        return cls(path, descriptor)

    def write(self, row: Any) -> None:
        """Append a dataclass as one line; what is written survives the process."""
        line = {field.name: getattr(row, field.name) for field in fields(row)}
        os.write(self._descriptor, orjson.dumps(line) + b"\n")

    def clear(self) -> None:
        os.ftruncate(self._descriptor, 0)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every whole line; one that its writer did not live to finish is left out."""
        # By the descriptor: a faster process may have removed the name meanwhile.
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            file.seek(0)
            written = file.read()
        for line in written.split(b"\n"):
            with contextlib.suppress(orjson.JSONDecodeError):
                read = orjson.loads(line)
                yield read | {"assigned_at": datetime.fromisoformat(read["assigned_at"])}

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        os.close(self._descriptor)


def abandoned_journals(folder: Path) -> Iterator[Journal]:
    """The journals whose writers are gone, each locked by us now."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        yield Journal(path, descriptor)
