"""What workers are woken for."""

from __future__ import annotations

import os

from celery import Task, shared_task
from django.utils import timezone

from generation import services, tracking
from generation.models import GenerationJob


@shared_task(bind=True, name="generation.tasks.job_run")
def job_run(self: Task, job_id: int) -> None:
    """Work on a job until no brief is free."""
    services.job_work(job_id, worker=f"{self.request.hostname}/{os.getpid()}/{self.request.id}")


@shared_task(name="generation.tasks.job_track")
def job_track(job_id: int) -> None:
    """Tell MLflow of a job that has ended; on the default queue, where no GPU waits for it."""
    tracking.job_track(GenerationJob.objects.get(pk=job_id))


@shared_task(name="generation.tasks.jobs_sweep")
def jobs_sweep() -> None:
    """Move on the work of dead workers."""
    services.jobs_sweep(timezone.now())
