"""Experiments, their arms, who was assigned what, what counts as success, and what was found."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.models import Timestamped


class Experiment(Timestamped):
    class Status(models.TextChoices):
        DRAFT = "draft"
        RUNNING = "running"
        PAUSED = "paused"
        DECIDED = "decided"
        ARCHIVED = "archived"

    class Assignment(models.TextChoices):
        HASH = "hash", "Copylift splits the traffic"
        EXTERNAL = "external", "the email tool splits and tells the arm"

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    assignment = models.CharField(
        max_length=10, choices=Assignment.choices, default=Assignment.HASH
    )
    salt = models.CharField(
        max_length=80, help_text="Goes into the hash: another salt is another split."
    )
    confidence = models.FloatField(default=0.95)
    minimum_units_per_arm = models.PositiveIntegerField(default=150)
    minimum_days = models.PositiveSmallIntegerField(
        default=3, help_text="No winner is named before."
    )
    planned_units = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="The sample this test was planned for; a fixed-horizon verdict waits for it.",
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(started_at__isnull=False),
                name="experiment_started_has_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["decided", "archived"])
                | models.Q(ended_at__isnull=False),
                name="experiment_decided_has_an_end",
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__gt=0.5, confidence__lt=1),
                name="experiment_confidence_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Arm(models.Model):
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="arms")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField()
    weight = models.FloatField(help_text="Share of the traffic; the arms' weights sum to 1.")
    is_control = models.BooleanField(default=False)

    class Meta:
        ordering = ["experiment", "position"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="arm_key_once"),
            models.UniqueConstraint(fields=["experiment", "position"], name="arm_position_once"),
            models.UniqueConstraint(
                fields=["experiment"],
                condition=models.Q(is_control=True),
                name="experiment_has_one_control",
            ),
            models.CheckConstraint(
                condition=models.Q(weight__range=(0, 1)), name="arm_weight_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Metric(models.Model):
    class Kind(models.TextChoices):
        CONVERSION = "conversion", "share of people who did it"
        SUM = "sum", "sum of a value per person"
        COUNT = "count", "times per person"

    class Role(models.TextChoices):
        GOAL = "goal", "goal: the verdict rests on it"
        SECONDARY = "secondary", "secondary: shown"
        GUARDRAIL = "guardrail", "guardrail: must not get worse"

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="metrics")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.SECONDARY)
    event_name = models.CharField(
        max_length=200, help_text="The event that counts, e.g. Order Completed."
    )
    is_lower_better = models.BooleanField(default=False)
    window_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Only events this soon after assignment count; empty: until the end.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["experiment", "position"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="metric_key_once"),
            models.UniqueConstraint(
                fields=["experiment"],
                condition=models.Q(role="goal"),
                name="experiment_has_one_goal",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Exposure(models.Model):
    """A unit was given an arm. Written once; whatever changes later, the unit keeps its arm."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="exposures")
    unit_id = models.CharField(max_length=200)
    arm = models.ForeignKey(Arm, on_delete=models.CASCADE, related_name="exposures")
    stratum = models.CharField(
        max_length=80, blank=True, help_text="The segment the unit was in when assigned."
    )
    assigned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "unit_id"], name="exposure_once_per_unit"
            ),
            models.CheckConstraint(condition=~models.Q(unit_id=""), name="exposure_has_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.arm_id}"


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
