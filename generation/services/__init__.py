"""Writes of generation: jobs are made, worked on, watched, ended."""

from __future__ import annotations

from generation.services.jobs import job_cancel, job_create, job_fail, job_finish, job_retry
from generation.services.sweeping import jobs_sweep
from generation.services.working import job_work

__all__ = [
    "job_cancel",
    "job_create",
    "job_fail",
    "job_finish",
    "job_retry",
    "job_work",
    "jobs_sweep",
]
