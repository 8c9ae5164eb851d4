"""What workers do for campaigns and plans. All are safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from campaigns import services


@shared_task(name="campaigns.tasks.variants_collect")
def variants_collect(job_id: int, then_id: int) -> None:
    """Woken by a writing job that ended; `then_id` is the campaign it wrote for."""
    services.variants_collect(then_id, job_id=job_id, now=timezone.now())


@shared_task(name="campaigns.tasks.campaigns_sweep")
def campaigns_sweep() -> None:
    services.campaigns_sweep(now=timezone.now())
    services.plans_sweep(now=timezone.now())


@shared_task(name="campaigns.tasks.plan_work")
def plan_work(plan_id: int) -> None:
    services.plan_work(plan_id, now=timezone.now())
