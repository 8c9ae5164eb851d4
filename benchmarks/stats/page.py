"""The document with the measured tables: each section rewrites what lies between its own marks."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.stats.sections import ROOT, Missing

PAGE = ROOT / "docs" / "explanation" / "statistics-measured.md"


def machine() -> str:
    """Where and with what a section was measured, in a line."""
    models = re.findall(r"model name\s*: (.+)", _read(Path("/proc/cpuinfo")))
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "scipy")
    )
    return (
        f"{datetime.now(tz=UTC).date()}, {models[0] if models else platform.machine()}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, "
        f"Python {platform.python_version()}, {versions}"
    )


def rewrite(name: str, text: str, *, where: str, page: Path = PAGE) -> None:
    """Put a section's text between its marks.

    Raises:
        Missing: The page has no such marks.
    """
    begin, end = f"<!-- bench-stats: {name} -->", f"<!-- end: {name} -->"
    before, found, rest = page.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise Missing(f"{page.name} has no marks {begin} and {end}")
    page.write_text(f"{before}{begin}\n{text}\n\n*{where}.*\n{end}{after}")


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""
