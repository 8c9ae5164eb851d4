"""What a job has done so far, and what came out of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

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


@dataclass(frozen=True)
class JobCost:
    """What a job took so far, refused texts included; tokens are 0 where nobody counts them."""

    texts: int
    prompt_tokens: int
    new_tokens: int
    seconds: float
    money: float
    drafts: int

    @property
    def money_per_draft(self) -> float:
        return self.money / self.drafts if self.drafts else 0.0


@dataclass(frozen=True)
class BriefProgress:
    """How far one brief is."""

    key: str
    status: str
    status_name: str
    drafts: int
    attempts: int
    shortfall: str
    texts: int
    new_tokens: int
    seconds: float
    money: float


def job_cost(job: GenerationJob) -> JobCost:
    names = ("texts", "prompt_tokens", "new_tokens", "seconds", "cost")
    total = BriefRecord.objects.filter(job=job).aggregate(
        **{f"all_{name}": Sum(name, default=0) for name in names}
    )
    return JobCost(
        texts=total["all_texts"],
        prompt_tokens=total["all_prompt_tokens"],
        new_tokens=total["all_new_tokens"],
        seconds=total["all_seconds"],
        money=total["all_cost"],
        drafts=Draft.objects.filter(brief__job=job).count(),
    )


def cost_words(cost: JobCost) -> str:
    """What a job took, in a sentence; tokens and money only where the generator counts them."""
    words = [f"{cost.texts:,} texts for {cost.drafts:,} drafts", f"{cost.seconds:,.1f} seconds"]
    if cost.new_tokens:
        words.append(f"{cost.prompt_tokens:,} tokens read, {cost.new_tokens:,} written")
    if cost.money:
        words.append(f"a cost of {cost.money:,.4f}, {cost.money_per_draft:,.5f} a draft")
    return "; ".join(words) + "."


def brief_progress(job: GenerationJob) -> list[BriefProgress]:
    """Every brief of a job, in its order, in one query."""
    records = BriefRecord.objects.filter(job=job).annotate(draft_count=Count("drafts"))
    return [
        BriefProgress(
            key=record.key,
            status=record.status,
            status_name=record.get_status_display(),
            drafts=record.draft_count,
            attempts=record.attempts,
            shortfall=record.shortfall,
            texts=record.texts,
            new_tokens=record.new_tokens,
            seconds=record.seconds,
            money=record.cost,
        )
        for record in records.order_by("pk")
    ]


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
