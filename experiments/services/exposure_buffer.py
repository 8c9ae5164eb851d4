"""Exposures on their way to the database: given out at once, stored together a moment later.

Whoever is given an arm is remembered here before the answer leaves, written down in a journal that
outlives the process (`experiments.services.exposure_journal`), and stored every
`DECIDE_BUFFER_SECONDS` by a thread. What a killed process had not stored yet, the next one reads
from its journal.

The first stored arm wins, here as everywhere. Where another process was faster and gave another arm
(both were asked within the same moment, while weights changed), the exposure is marked
`has_other_arm`, which the health check counts.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction

from experiments.models import Arm, Experiment, Exposure, ForcedArm
from experiments.services.exposure_journal import Journal, abandoned_journals

log = structlog.get_logger(__name__)

MOST_WAITING = 100_000
ROWS_PER_STATEMENT = 10_000
RECOVERY_SECONDS = 30.0

# The table names are our own; every value is a parameter. A test that was paused a moment ago still
# takes in who was given an arm before the pause was noticed.
_WAITING = """unnest(
    %(experiments)s::bigint[], %(units)s::text[], %(arms)s::bigint[],
    %(strata)s::text[], %(times)s::timestamptz[], %(periods)s::int[]
) AS w(experiment_id, unit_id, arm_id, stratum, assigned_at, period)"""
STORE = f"""
INSERT INTO {Exposure._meta.db_table}
    (experiment_id, unit_id, arm_id, stratum, assigned_at, period)
SELECT e.id, w.unit_id, a.id, w.stratum, w.assigned_at, w.period
FROM {_WAITING}
JOIN {Experiment._meta.db_table} e ON e.id = w.experiment_id AND e.status IN ('running', 'paused')
JOIN {Arm._meta.db_table} a ON a.id = w.arm_id AND a.experiment_id = e.id
WHERE NOT EXISTS (
    SELECT FROM {ForcedArm._meta.db_table} f
    WHERE f.experiment_id = e.id AND f.unit_id = w.unit_id
)
ORDER BY e.id, w.unit_id
ON CONFLICT (experiment_id, unit_id) DO NOTHING
"""  # noqa: S608 (table names, no values)
NOTE_OTHERS = f"""
UPDATE {Exposure._meta.db_table} x SET has_other_arm = true
FROM {_WAITING}
WHERE x.experiment_id = w.experiment_id AND x.unit_id = w.unit_id
    AND x.arm_id <> w.arm_id AND NOT x.has_other_arm
"""  # noqa: S608 (table names, no values)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An arm that was given to a unit and is not stored yet."""

    experiment_id: int
    unit_id: str
    arm_id: int
    stratum: str
    assigned_at: datetime
    period: int


class BufferFull(Exception):
    """So much waits that the database must be down; store at once or give no arm."""


class ExposureBuffer:
    """Two halves: one takes in while the other is being stored."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._storing = threading.Lock()
        self._halves: list[dict[tuple[int, str], Waiting]] = [{}, {}]
        self._journals: list[Journal] = []
        self._open = 0

    def add(self, waiting: Waiting) -> Waiting:
        """Take it in, and in the journal; of a unit that waits already, what it was given first.

        Raises:
            BufferFull: Too many wait.
        """
        key = (waiting.experiment_id, waiting.unit_id)
        with self._lock:
            first = self._halves[0].get(key) or self._halves[1].get(key)
            if first is not None:
                return first
            if self.count() >= MOST_WAITING:
                raise BufferFull
            if not self._journals:
                self._journals = [Journal.create(self._folder) for _ in self._halves]
            self._journals[self._open].write(waiting)
            self._halves[self._open][key] = waiting
        return waiting

    def find(self, experiment_id: int, unit_id: str) -> Waiting | None:
        key = (experiment_id, unit_id)
        return self._halves[0].get(key) or self._halves[1].get(key)

    def count(self) -> int:
        return sum(map(len, self._halves))

    def flush(self) -> int:
        """Store what waits; the number of units. What cannot be stored now goes on waiting."""
        with self._storing:
            with self._lock:
                if not self._halves[1 - self._open]:
                    self._open = 1 - self._open
                closed = 1 - self._open
                half = self._halves[closed]
            if half:
                exposures_store(list(half.values()))
                self._journals[closed].clear()
                # Another dict, not the same one emptied: `find` reads without the lock.
                self._halves[closed] = {}
            return len(half)

    def recover(self) -> int:
        """Store what processes that are no more left in their journals; the number of lines."""
        count = 0
        for journal in abandoned_journals(self._folder):
            try:
                lines = [Waiting(**line) for line in journal.lines()]
                exposures_store(lines)
                journal.remove()
            finally:
                journal.close()
            count += len(lines)
        return count


def exposures_store(waiting: Sequence[Waiting]) -> None:
    """Store them: whoever is stored already keeps their arm."""
    for start in range(0, len(waiting), ROWS_PER_STATEMENT):
        rows = waiting[start : start + ROWS_PER_STATEMENT]
        asked: dict[str, Any] = {
            "experiments": [row.experiment_id for row in rows],
            "units": [row.unit_id for row in rows],
            "arms": [row.arm_id for row in rows],
            "strata": [row.stratum for row in rows],
            "times": [row.assigned_at for row in rows],
            "periods": [row.period for row in rows],
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(STORE, asked)
            if cursor.rowcount != len(rows):
                cursor.execute(NOTE_OTHERS, asked)


_buffer: ExposureBuffer | None = None
_starting = threading.Lock()


def the_buffer() -> ExposureBuffer:
    """This process's buffer; the first call starts the thread that empties it."""
    global _buffer
    if _buffer is None:
        with _starting:
            if _buffer is None:
                _buffer = _started(ExposureBuffer(Path(settings.VAR_DIR) / "exposures"))
    return _buffer


def waiting_exposure(experiment_id: int, unit_id: str) -> Waiting | None:
    """What this process gave the unit and has not stored yet."""
    return _buffer.find(experiment_id, unit_id) if _buffer else None


def _started(buffer: ExposureBuffer) -> ExposureBuffer:
    stop = threading.Event()
    thread = threading.Thread(
        target=_flush_forever, args=(buffer, stop), name="exposures", daemon=True
    )

    def finish() -> None:
        stop.set()
        thread.join(5)

    atexit.register(finish)
    thread.start()
    return buffer


def _flush_forever(buffer: ExposureBuffer, stop: threading.Event) -> None:
    rounds_between = max(1, round(RECOVERY_SECONDS / settings.DECIDE_BUFFER_SECONDS))
    rounds = 0
    while not stop.wait(settings.DECIDE_BUFFER_SECONDS):
        if rounds % rounds_between == 0:
            _attempt(buffer.recover)
        _attempt(buffer.flush)
        rounds += 1
    # Once for each half.
    _attempt(buffer.flush)
    _attempt(buffer.flush)
    connection.close()


def _attempt(work: Callable[[], int]) -> None:
    try:
        work()
    except (DatabaseError, InterfaceError, OSError):
        log.warning("exposures_not_stored_yet", exc_info=True)
        connection.close()
