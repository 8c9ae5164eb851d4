"""The processor time a server spends on one answer: on a shared machine, what the clock hides."""

from __future__ import annotations

import itertools
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.decide import Drive

TICKS = os.sysconf("SC_CLK_TCK")
ROUNDS = 5
CALLS = 3_000
BULKS_AT_ONCE = 2


def spent(server: int) -> float:
    """Processor seconds, so far, of a server's workers: the children of this process."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return sum(_seconds(int(child)) for child in children)


def decide_beside_bare(server: int, url: str, key: str) -> dict[str, float]:
    """Milliseconds of the workers' time for a known contact and for the bare view, in turns."""
    from benchmarks.decide import KNOWN_CONTACTS, Drive, _clients, _paths
    from benchmarks.decide_campaign import prepare

    known = list(itertools.islice(itertools.cycle(_paths(prepare(KNOWN_CONTACTS))), CALLS))
    ours, bare = [], []
    with _clients(2) as pool:
        drive = Drive(url, key, 2, pool)
        drive.at_once(known)
        for _ in range(ROUNDS):
            bare.append(_cost(server, drive, ["/bench/bare"] * CALLS))
            ours.append(_cost(server, drive, known))
    return {
        "known contact, processor ms": statistics.median(ours),
        "bare view, processor ms": statistics.median(bare),
        "bare view / known contact, processor": statistics.median(
            b / o for o, b in zip(ours, bare, strict=True)
        ),
    }


def bulk_at_once(server: int, url: str, key: str) -> dict[str, float]:
    """Two send lists at a time, of contacts new to the test, on the clock and on the processor."""
    from benchmarks.decide import BULK_CONTACTS, bulk_asked, bulk_body

    bodies = [bulk_body() for _ in range(BULKS_AT_ONCE)]
    before, started = spent(server), time.perf_counter()
    with ThreadPoolExecutor(BULKS_AT_ONCE) as pool:
        list(pool.map(partial(bulk_asked, url, key), bodies))
    took = time.perf_counter() - started
    contacts = BULK_CONTACTS * BULKS_AT_ONCE
    return {
        "bulk, two at once, contacts per second": contacts / took,
        "bulk, contacts per processor second": contacts / (spent(server) - before),
    }


def _cost(server: int, drive: Drive, paths: list[str]) -> float:
    before = spent(server)
    drive.at_once(paths)
    return 1e3 * (spent(server) - before) / len(paths)


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
