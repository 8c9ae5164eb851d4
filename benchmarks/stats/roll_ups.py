"""Reports from roll-ups in PostgreSQL, on an installation of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from benchmarks.stats.sections import FOLDER, ROOT, Figures, Section, table


def run(*, is_quick: bool) -> Figures:
    """In a process of its own: Django reads its settings once."""
    command = [sys.executable, "-m", "benchmarks.roll_ups", *(["--quick"] if is_quick else [])]
    environment = os.environ | {"COPYLIFT_VAR": str(FOLDER / "installation"), "LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    found: Figures = json.loads(done.stdout)
    return found


def text(figures: Figures) -> str:
    rows = [[name, f"{value:,.3g}"] for name, value in figures.items()]
    return (
        "400,000 people in four arms and eight segments over 28 days, 1,200,000 events, ten "
        "metrics (two with a covariate, a ratio with one, a cap, two windows). New events are "
        "spread over all people, which is the worst case. The report is everything a page shows "
        "of them, from "
        "the stored sums to the verdict.\n\n" + table(["PostgreSQL 18", "figure"], rows)
    )


SECTION = Section(name="roll-ups", run=run, text=text)
