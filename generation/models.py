"""Jobs that write copy, the briefs they were given, and the drafts that came out. No campaign in
sight.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from generation.briefs import Copy


class GenerationJob(models.Model):
    """A batch of briefs to write for. The row is the job: workers claim its briefs one batch at a
    time.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    requested_by = models.CharField(
        max_length=100, help_text="Whose job it is, in the asker's own words, e.g. campaign:42."
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    generator = models.CharField(max_length=200, help_text="Which generator writes, e.g. composer.")
    candidates = models.PositiveSmallIntegerField(
        help_text="How many candidates each brief asks for."
    )
    seed = models.PositiveBigIntegerField()
    then = models.CharField(
        max_length=100, blank=True, help_text="The task to wake when the job ends."
    )
    then_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    woken_at = models.DateTimeField(
        db_default=Now(),
        help_text="When workers were last told of it; a lost message is sent again.",
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "running"], finished_at__isnull=True)
                | models.Q(status__in=["done", "failed", "cancelled"], finished_at__isnull=False),
                name="generation_job_finished_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(candidates__gt=0), name="generation_job_asks_for_something"
            ),
        ]

    def __str__(self) -> str:
        return f"job {self.pk} ({self.status})"


class BriefRecord(models.Model):
    """One brief of a job, with the claim a worker holds on it while it writes."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        CLAIMED = "claimed"
        DONE = "done"

    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="briefs")
    key = models.CharField(
        max_length=200, help_text="The asker's name for it, e.g. segment-key/angle."
    )
    payload = models.JSONField(help_text="The Brief, as JSON.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    claimed_by = models.CharField(max_length=200, blank=True)
    claimed_at = models.DateTimeField(
        null=True, blank=True, help_text="Renewed while the worker lives."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    shortfall = models.CharField(
        max_length=300, blank=True, help_text="Why it got fewer candidates than asked for."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "key"], name="brief_once_per_job"),
            models.CheckConstraint(
                condition=~models.Q(status="claimed") | models.Q(claimed_at__isnull=False),
                name="brief_claimed_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["job", "status"], name="brief_by_status")]

    def __str__(self) -> str:
        return self.key


class Draft(models.Model):
    """Raw model output that passed the guardrails: not yet copy, a person decides that."""

    brief = models.ForeignKey(BriefRecord, on_delete=models.CASCADE, related_name="drafts")
    position = models.PositiveSmallIntegerField()
    content = models.JSONField(
        help_text="The texts of the brief's channel by name; an email does not say its channel."
    )
    findings = models.JSONField(
        default=list, help_text="Warnings of the guardrails; blocking ones never get this far."
    )
    provenance = models.JSONField(
        help_text="Generator, revision, prompt version, seed, parameters."
    )
    score = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["brief", "position"]
        constraints = [
            models.UniqueConstraint(fields=["brief", "position"], name="draft_once_per_position")
        ]

    def __str__(self) -> str:
        return Copy.from_json(self.content).opening
