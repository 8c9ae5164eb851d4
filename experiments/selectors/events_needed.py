"""Since when the event log is still read by experiments."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from experiments.models import Experiment

NEEDED_BY = "an experiment that is not decided"


def events_needed_since() -> datetime | None:
    """The start of the oldest experiment that goes on, less the days its covariates look back."""
    going_on = Experiment.objects.filter(
        status__in=[Experiment.Status.RUNNING, Experiment.Status.PAUSED], started_at__isnull=False
    ).annotate(days=Max("metrics__covariate_days"))
    looked_back = [
        started_at - timedelta(days=days or 0)
        for started_at, days in going_on.values_list("started_at", "days")
        if started_at is not None
    ]
    return min(looked_back, default=None)
