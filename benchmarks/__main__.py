"""`make bench`: every benchmark, on an installation of its own, as a table and as `var/bench.json`.

Figures are for reading side by side: each speed stands next to a bound or a peer measured in the
same run, because the machine under it may be noisy.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
TARGET = ROOT / "var" / "bench.json"
ENVIRONMENT = {
    "COPYLIFT_VAR": str(FOLDER),
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "BENCH": "1",
    "LOG_LEVEL": "WARNING",
}


@contextlib.contextmanager
def web_server() -> Iterator[str]:
    """A server as `make run` starts it, on a free port; its address."""
    with web_process() as (address, _):
        yield address


@contextlib.contextmanager
def web_process() -> Iterator[tuple[str, int]]:
    """The same with the id of its process."""
    from config import launch

    port = launch.free_port(8700)
    service = launch.web(port)
    launch._metrics_folder().mkdir(parents=True, exist_ok=True)
    log = (FOLDER / "web.log").open("ab")
    process = subprocess.Popen(
        service.command, cwd=ROOT, env=os.environ | service.environment, stdout=log, stderr=log
    )
    try:
        if not launch._wait_until(lambda: launch._accepts(port), 30):
            sys.exit(f"the web server did not start; see {FOLDER / 'web.log'}")
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def measure() -> dict[str, dict[str, float]]:
    from benchmarks import assignment, decide, encode_texts, events_http, import_rows, roll_ups
    from core.api_keys import api_key_create

    results: dict[str, dict[str, float]] = {}

    def note(name: str, figures: dict[str, float]) -> None:
        results[name] = figures
        show(name, figures)

    note("assignment", assignment.run())
    note("import", import_rows.run())
    note("encode", encode_texts.run())
    note("report", roll_ups.run())
    note("decide in process", decide.run())
    _, key = api_key_create("bench", ["decide", "events"])
    with web_server() as address:
        note("decide over HTTP", decide.run_http(address, key=key))
        note("bulk over HTTP", decide.bulk_over_http(address, key))
        note("events over HTTP", events_http.run(address, key))
    return results


def show(name: str, figures: dict[str, float]) -> None:
    for figure, value in figures.items():
        number = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
        print(f"{name:<20}{figure.replace('_', ' '):<44}{number:>12}", flush=True)


@contextlib.contextmanager
def own_installation() -> Iterator[None]:
    """A database, a Redis and static files that nobody else uses, begun anew and ended after."""
    # Before Django is set up: these decide which database and which folder it uses.
    os.environ |= ENVIRONMENT
    import django

    from config import embedded

    # New each time: what an earlier run left would be measured along.
    embedded.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)
    embedded.ensure_running()
    try:
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        yield
    finally:
        embedded.stop()


def main() -> None:
    with own_installation():
        results = measure()
    machine = {"python": platform.python_version(), "cpus": os.cpu_count(), "at": time.time()}
    TARGET.write_text(json.dumps({"machine": machine, "results": results}, indent=2) + "\n")
    print(f"written to {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
