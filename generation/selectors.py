"""What a job has done so far, and what came out of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from generation.models import BriefRecord, Draft, GenerationJob

OPEN = (GenerationJob.Status.QUEUED, GenerationJob.Status.RUNNING)


@dataclass(frozen=True)
class JobProgress:
    """How far a job is; `shortfalls` says which briefs got too few candidates, and why."""

    total: int
    done: int
    drafts: int
    shortfalls: list[tuple[str, str]]

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 1.0


def job_progress(job: GenerationJob) -> JobProgress:
    counts = BriefRecord.objects.filter(job=job).aggregate(
        total=Count("id"), done=Count("id", filter=Q(status=BriefRecord.Status.DONE))
    )
    short = BriefRecord.objects.filter(job=job).exclude(shortfall="").order_by("id")
    return JobProgress(
        total=counts["total"],
        done=counts["done"],
        drafts=Draft.objects.filter(brief__job=job).count(),
        shortfalls=list(short.values_list("key", "shortfall")),
    )


def refusals_of(job: GenerationJob) -> dict[str, int]:
    """How many candidates of a job each rule sent back, the busiest first."""
    counts: Counter[str] = Counter()
    for refusals in BriefRecord.objects.filter(job=job).values_list("refusals", flat=True):
        counts.update(refusals)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def drafts_of(job: GenerationJob) -> QuerySet[Draft]:
    """The drafts of a job with their briefs, in the order of the briefs."""
    return (
        Draft.objects.filter(brief__job=job).select_related("brief").order_by("brief", "position")
    )


def expired_claims(before: datetime) -> QuerySet[BriefRecord]:
    """Claims of open jobs whose worker gave its last sign of life before that time."""
    return BriefRecord.objects.filter(
        status=BriefRecord.Status.CLAIMED, claimed_at__lt=before, job__status__in=OPEN
    )


def forgotten_jobs(before: datetime) -> QuerySet[GenerationJob]:
    """Open jobs nobody works on and nobody was told of since that time."""
    claimed = BriefRecord.objects.filter(job=OuterRef("pk"), status=BriefRecord.Status.CLAIMED)
    return GenerationJob.objects.filter(
        ~Exists(claimed), status__in=OPEN, woken_at__lt=before
    ).order_by("pk")
