"""Health checks of an analysis: what is wrong with a test, beside what it found."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from experiments.health import Finding, examine, goal_lifts
from experiments.models import Experiment, RollUp
from experiments.selectors import health_context

# The log itself takes long to read, and what it tells changes slowly.
READ_LOG_EVERY = timedelta(hours=6)
FROM_LOG = frozenset({"novelty", "bots"})

Json = dict[str, Any]


def findings_refresh(
    experiment: Experiment, roll_up: RollUp, results: Json, *, now: datetime
) -> list[Json]:
    """What the checks find, the worst first; those that read the log speak as of its last reading.

    Called under the lock of the roll-up's row, which keeps what the log told.
    """
    goals = goal_lifts(results)
    is_due = roll_up.log_read_at is None or now - roll_up.log_read_at >= READ_LOG_EVERY
    context = health_context(experiment, now=now, goals=goals, reads_log=is_due)
    found = [finding.to_json() for finding in examine(context)]
    if is_due:
        roll_up.log_read_at = now
        roll_up.log_findings = [each for each in found if each["check"] in FROM_LOG]
        roll_up.save(update_fields=["log_read_at", "log_findings"])
        return found
    return sorted(
        [*(each for each in found if each["check"] not in FROM_LOG), *roll_up.log_findings],
        key=lambda each: Finding.rank_of(each["severity"]),
    )
