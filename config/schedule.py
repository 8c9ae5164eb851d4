"""What beat wakes, and how often. Every entry names a task; a missed beat costs only a delay."""

from __future__ import annotations

from typing import Any


def every(seconds: float, task: str) -> dict[str, Any]:
    """A beat nobody took in time is dropped: the next one does the same work."""
    return {"task": task, "schedule": seconds, "options": {"queue": "default", "expires": seconds}}


SCHEDULE = {
    "jobs of dead workers move on": every(20.0, "generation.tasks.jobs_sweep"),
    "campaigns whose job ended unheard collect": every(60.0, "campaigns.tasks.campaigns_sweep"),
    "new texts are understood": every(60.0, "audience.tasks.understand"),
    "builds of dead workers move on": every(60.0, "audience.tasks.builds_sweep"),
    "refits of dead workers move on": every(60.0, "audience.tasks.refits_sweep"),
    "profiles are as people agreed": every(3600.0, "audience.tasks.consents_sweep"),
    "bandits move their traffic": every(3600.0, "experiments.tasks.bandits_refresh"),
    "running experiments are analysed": every(300.0, "experiments.tasks.analyses_refresh"),
}
