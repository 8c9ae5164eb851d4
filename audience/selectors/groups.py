"""Reads about groups of people, and the fits that find them."""

from __future__ import annotations

from audience.clustering.features import LEAST_PROFILES
from audience.models import Clustering, ClusteringJob, Profile, Text

OPEN = [ClusteringJob.Status.QUEUED, ClusteringJob.Status.RUNNING]


def count_asked_for(clustering: Clustering) -> int | None:
    """How many clusters whoever ordered a fit wanted; None where the fit was to choose."""
    job = clustering.jobs.first()
    return job.count if job else None


def is_refit_worth_trying() -> bool:
    """Whether enough people wrote for groups, nobody is at it, and somebody wrote since the last
    try failed.
    """
    if ClusteringJob.objects.filter(status__in=OPEN).exists():
        return False
    if Profile.objects.count() < LEAST_PROFILES:
        return False
    last = ClusteringJob.objects.exclude(finished_at=None).order_by("-pk").first()
    if last is None or last.status != ClusteringJob.Status.FAILED:
        return True
    return Profile.objects.filter(updated_at__gt=last.created_at).exists()


def texts_held() -> int:
    """How many texts are kept unread, since their writers have not agreed to be profiled."""
    return Text.objects.filter(status=Text.Status.HELD).count()
