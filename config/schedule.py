"""What beat wakes, and how often. Every entry names a task; a missed beat costs only a delay."""

from __future__ import annotations

SCHEDULE = {
    "events: keep this month's and the next months' partitions": {
        "task": "generation.tasks.jobs_sweep",
        "schedule": 20.0,
        "options": {"queue": "default", "expires": 20},
    },
}
