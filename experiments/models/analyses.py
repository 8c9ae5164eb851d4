"""What was found, kept as snapshots."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from experiments.models.experiments import Experiment


class Analysis(models.Model):
    """A snapshot of the results: kept, so that lift over time is a picture."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="analyses")
    created_at = models.DateTimeField(db_default=Now())
    inputs_digest = models.CharField(
        max_length=64, help_text="SHA-256 of the counts and settings it rests on."
    )
    results = models.JSONField()
    verdict = models.CharField(max_length=20)
    sentence = models.TextField()

    class Meta:
        verbose_name_plural = "analyses"
        ordering = ["experiment", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "inputs_digest"], name="analysis_once_per_input"
            )
        ]

    def __str__(self) -> str:
        return self.sentence


class Look(models.Model):
    """A look of a group-sequential test that was taken: at which share of the planned sample."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="looks_taken")
    number = models.PositiveSmallIntegerField(help_text="1, 2, … as planned.")
    information = models.FloatField(help_text="Units at the look / planned units, at most 1.")
    units = models.PositiveIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["experiment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "number"], name="look_taken_once")
        ]

    def __str__(self) -> str:
        return f"look {self.number} at {self.information:.0%}"
