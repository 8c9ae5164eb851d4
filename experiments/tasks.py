from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from core.errors import DomainError
from core.jobs import wake
from experiments import services
from experiments.models import Experiment
from experiments.services import analysis_refresh as refresh

log = structlog.get_logger(__name__)


@shared_task
def analyses_refresh() -> None:
    """One task for each experiment that is on, so that one that fails keeps no other waiting.

    A pause keeps new people out; those who are in go on doing things.
    """
    running = Experiment.objects.filter(
        status__in=[Experiment.Status.RUNNING, Experiment.Status.PAUSED]
    )
    for experiment_id in running.order_by("pk").values_list("pk", flat=True):
        wake("experiments.tasks.analysis_refresh", experiment_id=experiment_id)


@shared_task
def analysis_refresh(experiment_id: int) -> None:
    experiment = Experiment.objects.filter(pk=experiment_id).first()
    if experiment is not None:
        refresh(experiment, now=timezone.now())


@shared_task
def exposures_follow() -> None:
    """Visitors who turned out to be contacts: their exposures become the contacts'."""
    followed = services.exposures_follow_names()
    if followed:
        log.info("exposures_followed", names=followed)


@shared_task
def bandits_refresh() -> None:
    """One task for each running bandit."""
    running = Experiment.objects.filter(status=Experiment.Status.RUNNING)
    bandits = running.exclude(traffic=Experiment.Traffic.FIXED)
    for experiment_id in bandits.values_list("pk", flat=True):
        wake("experiments.tasks.traffic_refresh", experiment_id=experiment_id)


@shared_task
def traffic_refresh(experiment_id: int) -> None:
    experiment = Experiment.objects.filter(pk=experiment_id).first()
    if experiment is None:
        return
    try:
        services.traffic_refresh(experiment, now=timezone.now())
    except DomainError as meanwhile:
        # It was paused, or its weights changed, while they were computed: the next hour does it.
        log.info("traffic_stays", experiment=experiment.key, reason=str(meanwhile))
