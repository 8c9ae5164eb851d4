"""What counts as success, and the library it is taken from."""

from __future__ import annotations

from django.db import models

from core.models import Timestamped
from experiments.models.experiments import Experiment


class MetricDefinition(models.Model):
    """What is counted of each unit: the fields that a saved metric and an experiment's share."""

    class Kind(models.TextChoices):
        CONVERSION = "conversion", "share of people who did it"
        RETENTION = "retention", "share of people who did it later on"
        COUNT = "count", "times per person"
        SUM = "sum", "sum of a value per person"
        RATIO = "ratio", "one sum over another"
        QUANTILE = "quantile", "quantile of people's sums"

    class Part(models.TextChoices):
        SUM = "sum", "sum of values"
        COUNT = "count", "number of events"

    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    event_name = models.CharField(
        max_length=200, help_text="The event that counts, e.g. Order Completed."
    )
    is_lower_better = models.BooleanField(default=False)
    window_starts_hours = models.PositiveIntegerField(
        default=0, help_text="Only events later after assignment than this count (retention)."
    )
    window_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Only events this soon after assignment count; empty: until the end.",
    )
    numerator = models.CharField(
        max_length=5, choices=Part.choices, default=Part.SUM, help_text="Of a ratio."
    )
    denominator_event = models.CharField(
        max_length=200, blank=True, help_text="Of a ratio: the event below the line."
    )
    denominator = models.CharField(
        max_length=5, choices=Part.choices, default=Part.COUNT, help_text="Of a ratio."
    )
    cap = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="A person counts as this at most; the raw figure is shown beside.",
    )
    cap_quantile = models.FloatField(
        null=True, blank=True, help_text="Cap at this quantile of people who have any, e.g. 0.99."
    )
    covariate_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Take out what people did in so many days before (CUPED): narrower intervals.",
    )
    quantile = models.FloatField(null=True, blank=True, help_text="Of a quantile metric: 0.5, …")
    margin = models.FloatField(
        null=True,
        blank=True,
        help_text="Of a guardrail: the loss that would be acceptable, e.g. 0.02 for 2 %.",
    )
    is_margin_relative = models.BooleanField(default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class SavedMetric(MetricDefinition, Timestamped):
    """The shop's own library of metrics; an experiment takes a copy, which never changes."""

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["key"], name="saved_metric_key_once")]


class Metric(MetricDefinition):
    class Role(models.TextChoices):
        GOAL = "goal", "goal: the verdict rests on it"
        SECONDARY = "secondary", "secondary: shown"
        GUARDRAIL = "guardrail", "guardrail: must not get worse"

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="metrics")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.SECONDARY)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["experiment", "position"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="metric_key_once")
        ]
