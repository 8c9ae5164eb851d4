"""A part of the benchmark: measures something, and says it as a table."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "var" / "bench-stats"

Figures = dict[str, Any]


class Missing(Exception):
    """What a section needs is not there; the message says what, and how to get it."""


class Run(Protocol):
    """Measures."""

    def __call__(self, *, is_quick: bool) -> Figures: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part.

    Attributes:
        name: On the command line and between the document's marks.
        run: Measures; `is_quick` asks for a smoke run, whose figures mean nothing.
        text: Markdown from what was measured.
    """

    name: str
    run: Run
    text: Callable[[Figures], str]


def data_folder() -> Path:
    """The real data sets.

    Raises:
        Missing: The folder is not there.
    """
    folder = Path(os.environ.get("COPYLIFT_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        raise Missing(f"no folder {folder}: set COPYLIFT_DATA to the folder of the data sets")
    return folder


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; the first column holds words, the others figures."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def percent(share: float, digits: int = 1) -> str:
    """A share as people read it."""
    return f"{share * 100:.{digits}f} %"


def spread(seconds: Mapping[str, float]) -> str:
    """A median with the least and the most, in seconds."""
    return f"{seconds['median']:.3f} ({seconds['least']:.3f}–{seconds['most']:.3f})"
