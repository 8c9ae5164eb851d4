"""Measure the doors on an installation of its own, and write docs/explanation/doors-measured.md.

Parts that are named (`decide`, `bulk`, `events`) are measured alone and shown; no page is written.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.__main__ import ROOT, own_installation, show, web_process
from benchmarks.doors.page import Run, page

PAGE = ROOT / "docs" / "explanation" / "doors-measured.md"
EVENT_SECONDS = 10.0


def decide_part(server: int, address: str, key: str) -> dict[str, float]:
    from benchmarks import decide
    from benchmarks.doors.processor import decide_beside_bare

    return decide.run_http(address, key=key) | decide_beside_bare(server, address, key)


def bulk_part(server: int, address: str, key: str) -> dict[str, float]:
    from benchmarks import decide
    from benchmarks.doors.processor import bulk_at_once

    decide.prepare(decide.KNOWN_CONTACTS)
    return decide.bulk_over_http(address, key) | bulk_at_once(server, address, key)


def events_part(server: int, address: str, key: str) -> dict[str, float]:
    from benchmarks import events_http
    from benchmarks.doors.processor import spent

    before = spent(server)
    found = events_http.run(address, key, EVENT_SECONDS)
    took = spent(server) - before
    return {
        **{f"events, {name}": value for name, value in found.items()},
        "events per processor second": found["events_per_second"] * EVENT_SECONDS / took,
    }


PARTS = {"decide": decide_part, "bulk": bulk_part, "events": events_part}


def measure(parts: Sequence[str]) -> dict[str, float]:
    """Every figure of these parts by its name, from one server in one run."""
    from core.api_keys import api_key_create

    _, key = api_key_create("bench", ["decide", "events"])
    figures: dict[str, float] = {}
    with web_process() as (address, server):
        for part in parts:
            figures |= PARTS[part](server, address, key)
    show("doors", figures)
    return figures


def main() -> None:
    parts = sys.argv[1:] or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with own_installation():
        busy = os.getloadavg()[0]
        figures = measure(parts)
    if set(parts) != set(PARTS):
        return
    run = Run(datetime.now(UTC).date(), os.cpu_count() or 1, busy, figures)
    PAGE.write_text(page(run))
    print(f"written to {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
