"""Jobs as runs in MLflow, where a tracking server is named. Nothing here may harm a job."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import structlog
from django.conf import settings

from generation.briefs import Brief
from generation.models import Draft, GenerationJob
from generation.prompts import prompt_version
from generation.selectors import job_cost, job_progress

EXPERIMENT = "copylift-generation"
JOB_TAG = "copylift.job"
# A server that is down costs a worker this long, and no more.
PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "5", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
log = structlog.get_logger(__name__)


def is_tracked() -> bool:
    return bool(settings.MLFLOW_TRACKING_URI)


def job_track(job: GenerationJob) -> str | None:
    """Log a job that has ended as a run, once; the run's id, or None where that failed."""
    try:
        return _logged(job)
    except Exception:  # whatever a tracking server or its client does is no business of the job
        log.warning("job_not_tracked", job_id=job.pk, exc_info=True)
        return None


def _logged(job: GenerationJob) -> str:
    for name, value in PATIENCE.items():
        os.environ.setdefault(name, value)
    # An extra, and slow to load: only who tracks needs it.
    from mlflow.tracking import MlflowClient  # noqa: PLC0415

    client = MlflowClient(tracking_uri=settings.MLFLOW_TRACKING_URI)
    found = client.get_experiment_by_name(EXPERIMENT)
    experiment = found.experiment_id if found else client.create_experiment(EXPERIMENT)
    tag = _job_name(job)
    for run in client.search_runs([experiment], f"tags.`{JOB_TAG}` = '{tag}'", max_results=1):
        return str(run.info.run_id)
    run = client.create_run(experiment, tags={JOB_TAG: tag}, run_name=tag)
    for name, value in run_params(job).items():
        client.log_param(run.info.run_id, name, value)
    for name, number in run_metrics(job).items():
        client.log_metric(run.info.run_id, name, number)
    is_done = job.status == GenerationJob.Status.DONE
    client.set_terminated(run.info.run_id, "FINISHED" if is_done else "FAILED")
    return str(run.info.run_id)


def _job_name(job: GenerationJob) -> str:
    """A job that is tried again ends again, as another run."""
    ended = job.finished_at.isoformat(timespec="seconds") if job.finished_at else "open"
    return f"{job.requested_by} job {job.pk} {ended}"


def run_params(job: GenerationJob) -> dict[str, str]:
    """What was asked, of whom, in which words: no text of a brief or a draft."""
    briefs = [Brief.from_json(payload) for payload in job.briefs.values_list("payload", flat=True)]
    written = Draft.objects.filter(brief__job=job).values_list("provenance", flat=True)
    revisions = {str(one.get("revision", "")) for one in written}
    return {
        "generator": job.generator,
        "revision": ", ".join(sorted(revisions)),
        "prompt_version": ", ".join(sorted({prompt_version(one.channel) for one in briefs})),
        "brand_voice_version": ", ".join(sorted({str(one.voice_version) for one in briefs})),
        "channels": ", ".join(sorted({one.channel for one in briefs})),
        "angles": ", ".join(sorted({one.angle for one in briefs})),
        "candidates": str(job.candidates),
        "seed": str(job.seed),
        "status": job.status,
    }


def run_metrics(job: GenerationJob) -> dict[str, float]:
    """Counts, refusals by rule, and cost."""
    progress, cost = job_progress(job), job_cost(job)
    refused: Counter[str] = Counter()
    for counts in job.briefs.values_list("refusals", flat=True):
        refused.update(counts)
    numbers: dict[str, Any] = {
        "briefs": progress.total,
        "briefs_done": progress.done,
        "briefs_short": len(progress.shortfalls),
        "drafts": progress.drafts,
        "texts": cost.texts,
        "prompt_tokens": cost.prompt_tokens,
        "new_tokens": cost.new_tokens,
        "seconds": cost.seconds,
        "cost": cost.money,
    }
    numbers |= {f"refused.{rule}": count for rule, count in refused.items()}
    return {name: float(number) for name, number in numbers.items()}
