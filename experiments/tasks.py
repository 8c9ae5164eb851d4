from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.jobs import wake
from experiments.models import Experiment
from experiments.services import analysis_refresh as refresh


@shared_task
def analyses_refresh() -> None:
    """One task for each running experiment, so that one that fails keeps no other waiting."""
    running = Experiment.objects.filter(status=Experiment.Status.RUNNING)
    for experiment_id in running.values_list("pk", flat=True):
        wake("experiments.tasks.analysis_refresh", experiment_id=experiment_id)


@shared_task
def analysis_refresh(experiment_id: int) -> None:
    experiment = Experiment.objects.filter(pk=experiment_id).first()
    if experiment is not None:
        refresh(experiment, now=timezone.now())
