"""Counting, reaching, building and keeping segments of a million contacts.

`python -m benchmarks.audience segments`. Beside the time on the clock stands what the database's
processes spent on all cores together: on a busy machine only the second can be compared. Two bounds
of the same run stand beside the counts: all contacts counted, and all of them read through.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from benchmarks.audience.shop import NOW, fill

REPEATS = 7
AGE = {"attribute": "age", "gte": 30, "lt": 40}
BOUGHT = {"did": "Order Completed", "within_days": 90}
LIKES = {"interest": "winter shoe"}
WRITABLE = {"not": {"suppressed": "email"}}
RULES = {
    "typical: age, bought, likes, writable": {"all": [AGE, BOUGHT, LIKES, WRITABLE]},
    "broad: age, bought, writable": {"all": [AGE, BOUGHT, WRITABLE]},
    "age 30 to 39": AGE,
    "region is north": {"attribute": "region", "is": "north"},
    "bought in 90 days": BOUGHT,
    "did not buy in 90 days": {"did_not": "Order Completed", "within_days": 90},
    "viewed twice in 90 days": {"did": "Product Viewed", "at_least": 2, "within_days": 90},
    "spent 100 in 90 days": {**BOUGHT, "total": {"gte": 100}},
    "bought shoes in 90 days": {**BOUGHT, "where": {"category": "shoes"}},
    "bought or likes": {"any": [BOUGHT, LIKES]},
    "a tenth by chance": {"share": 0.1, "salt": "bench"},
    "consent to email": {"consent": "email"},
    "about, at least 0.35": {"about": "winter running"},
    "about, at least 0.5": {"about": "winter running", "at_least": 0.5},
    "about, the closest 5,000": {"about": "winter running", "closest": 5_000},
    "about 0.5, age, writable": {
        "all": [{"about": "winter running", "at_least": 0.5}, AGE, WRITABLE]
    },
}


def run(*, contacts: int = 1_000_000, events: int = 3_000_000) -> dict[str, float]:
    """Milliseconds on the clock (median) and of processor time of each count; seconds of builds."""
    from audience.models import Contact
    from audience.reach import reach_of
    from audience.selectors import rule_contacts, rule_count

    with _elapsed() as filled:
        fill(contacts=contacts, events=events)
    figures = {"contacts": float(contacts), "events": float(events), "made in, s": filled[0]}
    _note(figures, "bound: contacts counted", Contact.objects.count)
    everybody = Contact.objects.filter(last_name__contains="nobody's name")
    _note(figures, "bound: contacts read through", everybody.count)
    for name, rule in RULES.items():
        figures[f"{name}: people"] = float(rule_count(rule, now=NOW))
        _note(figures, name, lambda rule=rule: rule_count(rule, now=NOW))
    broad = rule_contacts(RULES["broad: age, bought, writable"], now=NOW)
    _note(figures, "reach of broad", lambda: reach_of(broad))
    _note(figures, "reach of everybody", lambda: reach_of(Contact.objects.all()))
    return figures | _builds()


def _builds() -> dict[str, float]:
    from audience import services
    from audience.models import Segment

    figures: dict[str, float] = {}
    for name, rule in (("a fifth", RULES["region is north"]), ("everybody", {"everyone": True})):
        segment = Segment.objects.create(
            key=f"bench-{len(figures)}", name=name, kind="rule", rule=rule
        )
        with _elapsed() as ordered:
            done = services.build_run(services.build_order(segment, now=NOW).pk)
        with _elapsed() as again:
            services.build_run(services.build_order(segment, now=NOW).pk)
        with _elapsed() as kept:
            services.segment_snapshot(segment, now=NOW)
        figures |= {
            f"build of {name}: members": float(done.size),
            f"build of {name}, from nobody, s": ordered[0],
            f"build of {name}, nobody new, s": again[0],
            f"snapshot of {name}, s": kept[0],
        }
    return figures


def _note(figures: dict[str, float], name: str, call: Callable[[], object]) -> None:
    call()
    times, spent = [], []
    for _ in range(REPEATS):
        before = database_seconds()
        with _elapsed() as took:
            call()
        times.append(took[0])
        spent.append(database_seconds() - before)
    figures[f"{name}, ms"] = 1e3 * statistics.median(times)
    figures[f"{name}, processor ms"] = 1e3 * statistics.median(spent)


@contextmanager
def _elapsed():
    took = [0.0]
    begun = time.perf_counter()
    yield took
    took[0] = time.perf_counter() - begun


def database_seconds() -> float:
    """What the embedded database's processes have spent so far, ended ones included."""
    from config import embedded

    postmaster = int((embedded.postgres_folder() / "postmaster.pid").read_text().split()[0])
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        # After the name: state, parent, …, and from the 12th utime, stime, cutime, cstime.
        if int(folder.name) == postmaster:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == postmaster:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")
