"""Measure the doors on an installation of its own, and write docs/explanation/doors-measured.md."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from benchmarks.__main__ import ROOT, own_installation, show, web_process
from benchmarks.doors.page import Run, page

PAGE = ROOT / "docs" / "explanation" / "doors-measured.md"
EVENT_SECONDS = 10.0


def measure() -> dict[str, float]:
    """Every figure by its name, from one server in one run."""
    from benchmarks import decide, events_http
    from benchmarks.doors.processor import bulk_at_once, decide_beside_bare, spent
    from core.api_keys import api_key_create

    _, key = api_key_create("bench", ["decide", "events"])
    figures: dict[str, float] = {}
    with web_process() as (address, server):
        figures |= decide.run_http(address, key=key)
        figures |= decide_beside_bare(server, address, key)
        figures |= bulk_at_once(server, address, key)
        before = spent(server)
        events = events_http.run(address, key, EVENT_SECONDS)
        took = spent(server) - before
        figures |= {f"events, {name}": value for name, value in events.items()}
        figures["events per processor second"] = events["events_per_second"] * EVENT_SECONDS / took
    show("doors", figures)
    return figures


def main() -> None:
    with own_installation():
        busy = os.getloadavg()[0]
        figures = measure()
    run = Run(datetime.now(UTC).date(), os.cpu_count() or 1, busy, figures)
    PAGE.write_text(page(run))
    print(f"written to {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
