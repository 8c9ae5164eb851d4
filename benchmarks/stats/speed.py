"""A first report over ten million units: a bare GROUP BY, the peers, and ours, in one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from benchmarks.stats.ours import UnitScan, report
from benchmarks.stats.peers import Peers, peers
from benchmarks.stats.rows import SUMS, TABLE, make, relation_of
from benchmarks.stats.sections import Figures, Section, spread, table

UNITS, ROUNDS = 10_000_000, 9
BARE, OURS = "bare GROUP BY", "Copylift"
SAME = 1e-6


def run(*, is_quick: bool) -> Figures:
    units, rounds = (20_000, 2) if is_quick else (UNITS, ROUNDS)
    base, rows = make(units)
    storages = {
        "DuckDB table": (TABLE, UnitScan(base)),
        "Parquet file": (relation_of(rows), UnitScan(base, rows)),
    }
    with peers() as running:
        measured = {}
        for storage, (relation, scan) in storages.items():
            running.ask("open_table", path=str(base), relation=relation)
            measured[storage] = _measure(_competitors(running, scan, relation), rounds)
        return {
            "units": units,
            "rounds": rounds,
            "storages": measured,
            "versions": running.ask("versions"),
        }


def _competitors(running: Peers, scan: UnitScan, relation: str) -> dict[str, Callable[[], Figures]]:
    sums = SUMS.format(relation=relation)

    def ours() -> Figures:
        begun = time.perf_counter()
        found = report(*scan.scan())
        return {"seconds": time.perf_counter() - begun, **found}

    return {
        BARE: lambda: running.ask("bare_scan", sums=sums),
        OURS: ours,
        "gbstats as GrowthBook calls it": lambda: running.ask("growthbook_scan", sums=sums),
        "gbstats' tests on the bare sums": lambda: running.ask("gbstats_scan", sums=sums),
        "tea-tasting": lambda: running.ask("tea_tasting_scan"),
    }


def _measure(competitors: dict[str, Callable[[], Figures]], rounds: int) -> Figures:
    """In turns, so that a busy moment of the machine is nobody's alone; the first turn warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in competitors}
    answers: Figures = {}
    for number in range(rounds + 1):
        for name, compete in competitors.items():
            answers[name] = compete()
            if number:
                seconds[name].append(answers[name]["seconds"])
    _check_same(answers)
    return {
        name: {
            "median": statistics.median(times),
            "least": min(times),
            "most": max(times),
        }
        for name, times in seconds.items()
    }


def _check_same(answers: Figures) -> None:
    """Who is fast must also be right: the same p, plain and adjusted."""
    for name, answer in answers.items():
        if name == BARE:
            continue
        for key in ("p", "plain_p"):
            if abs(answer[key] - answers[OURS][key]) > SAME:
                raise AssertionError(f"{name} finds {key} = {answer[key]}, we {answers[OURS][key]}")


def text(figures: Figures) -> str:
    versions = figures["versions"]
    rows = []
    for name in next(iter(figures["storages"].values())):
        cells = [
            f"{spread(storage[name])}, {storage[name]['median'] / storage[BARE]['median']:.2f}x"
            for storage in figures["storages"].values()
        ]
        package = name.split()[0]
        version = versions.get(package)
        rows.append([name.replace(package, f"{package} {version}") if version else name, *cells])
    return "\n\n".join(
        [
            f"{figures['units']:,} units; the split checked, a conversion, a count, revenue, and "
            "revenue adjusted by the period before (CUPED). Seconds, median of "
            f"{figures['rounds']} rounds in turns (least–most), and the ratio to the bare query "
            "of the sums that gbstats needs. "
            f"DuckDB {versions['duckdb']} for all; all find the same p to {SAME:.0e}. "
            "GrowthBook calls gbstats with data frames; its tests alone, on the rows of the bare "
            "query, are the least that could be done with it. Its sums are about zero, which loses "
            "the digits of a metric far from zero; ours are about a centre.",
            table(["", *figures["storages"]], rows),
        ]
    )


SECTION = Section(name="speed", run=run, text=text)
