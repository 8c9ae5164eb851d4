"""The figures as the page docs/explanation/doors-measured.md, beside what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Run:
    """`load` is the machine's load average of the minute before: what else ran there."""

    on: date
    cores: int
    load: float
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, and what it should be: at least `target`, or below it where `is_most`."""

    words: str
    figure: str
    unit: str
    target: float | None = None
    is_most: bool = False

    def line(self, figures: Mapping[str, float]) -> str:
        value = figures[self.figure]
        return f"| {self.words} | {_number(value)}{self.unit} | {self._asked(value)} |"

    def _asked(self, value: float) -> str:
        if self.target is None:
            return ""
        is_met = value < self.target if self.is_most else value >= self.target
        asked = f"{'below' if self.is_most else 'at least'} {_number(self.target)}{self.unit}"
        return f"{asked}: {'met' if is_met else '**missed**'}"


ROWS = (
    Row("`/v1/decide`, contact known", "known contact, per second", "/s"),
    Row("a Django view that returns as many bytes", "bare view, same bytes, per second", "/s"),
    Row("the first as a share of the second", "known contact / bare view", "", 0.6),
    Row(
        "processor time of the web server for a known contact", "known contact, processor ms", " ms"
    ),
    Row("the same for the bare view", "bare view, processor ms", " ms"),
    Row("the second as a share of the first", "bare view / known contact, processor", "", 0.6),
    Row("`/v1/decide`, contact new to the test, median", "first decision, median ms", " ms"),
    Row("known contact, median, as fast as answers come", "known contact, median ms", " ms"),
    Row(
        "known contact at 70 % of its load, p99",
        "known contact at 70% of that load, p99 ms",
        " ms",
        25,
        is_most=True,
    ),
    Row("known contact at 70 %, median", "known contact at 70% of that load, median ms", " ms"),
    Row("bulk, one list of contacts new to the test", "bulk, contacts per second", "/s", 20_000),
    Row("bulk, the same list again", "bulk again, contacts per second", "/s", 20_000),
    Row(
        "bulk, two lists at once, new to the test",
        "bulk, two at once, contacts per second",
        "/s",
        20_000,
    ),
    Row(
        "bulk, new to the test, per processor second of the web server",
        "bulk, contacts per processor second",
        "/s",
    ),
    Row("events in batches of 100", "events, events_per_second", "/s", 15_000),
    Row("events per processor second of the web server", "events per processor second", "/s"),
    Row("a batch of 100 events, median", "events, batch_p50_ms", " ms"),
    Row("a batch of 100 events, p99", "events, batch_p99_ms", " ms"),
)
HEAD = """# Doors, measured

`make bench-doors` makes an installation of its own, starts the web server as `make run` does,
measures over HTTP from the same machine, and writes this page. The run below is of {on}: {cores}
cores, which clients, server and PostgreSQL share; load average of the minute before:
{load:.1f}{shared}.

| what | measured | asked for |
|---|--:|---|
"""
FOOT = """
- Decisions and the bare view are asked in turns, five rounds each, by four client processes over
  kept-open connections; shares are medians of the rounds. The clients' own work is in both, which
  flatters the share of requests: the share of the web server's processor time leaves it out.
- The load of 70 % is paced: a question that waits for the one before it counts from when it was
  due.
- A list is one request of 20,000 lines, which one web process answers: one thread writes a part of
  the answer while another asks the database about the next. Every contact must come back with an
  arm of the test, rendered with their name.
- Events: four connections, answered with 200 after PostgreSQL's commit, `fsync` and
  `synchronous_commit` on. The clients write their JSON on the same cores.
"""


def page(run: Run) -> str:
    shared = " (**the machine was shared**: the shares say more than the speeds)"
    head = HEAD.format(
        on=run.on, cores=run.cores, load=run.load, shared=shared if run.load > 1 else ""
    )
    return head + "\n".join(row.line(run.figures) for row in ROWS) + "\n" + FOOT


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"
