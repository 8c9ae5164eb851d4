"""Experiments, their arms, and what keeps units out of them."""

from __future__ import annotations

from django.db import models

from core.models import Timestamped


class Layer(Timestamped):
    """Experiments of one layer own disjoint slices of it, so that no unit is in two of them."""

    key = models.SlugField(max_length=60, unique=True, help_text="Salts the hash; never changes.")
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Holdout(Timestamped):
    """A share of everybody that no experiment gets: what all of them together are worth."""

    key = models.SlugField(max_length=60, unique=True, help_text="Salts the hash; never changes.")
    name = models.CharField(max_length=100)
    share = models.FloatField(help_text="Of all units, e.g. 0.05.")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__range=(0, 1)), name="holdout_share_is_a_share"
            ),
            models.UniqueConstraint(
                fields=["is_active"],
                condition=models.Q(is_active=True),
                name="holdout_one_is_active",
            ),
        ]

    def __str__(self) -> str:
        return self.name


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

    class Looks(models.TextChoices):
        FIXED = "fixed", "one look, at the planned sample"
        ANYTIME = "anytime", "valid at any time, however often one looks"
        GROUP_SEQUENTIAL = "group_sequential", "a planned number of looks"

    class Spending(models.TextChoices):
        OBRIEN_FLEMING = "obrien-fleming", "O'Brien-Fleming: hardly anything early"
        POCOCK = "pocock", "Pocock: about the same at each look"

    class Correction(models.TextChoices):
        HOLM = "holm", "Holm"
        HOCHBERG = "hochberg", "Hochberg"
        DUNNETT = "dunnett", "Dunnett"
        BENJAMINI_HOCHBERG = "benjamini-hochberg", "Benjamini-Hochberg"
        BENJAMINI_YEKUTIELI = "benjamini-yekutieli", "Benjamini-Yekutieli"

    class Traffic(models.TextChoices):
        FIXED = "fixed", "the weights stay as planned"
        THOMPSON = "thompson", "more traffic to what works (Thompson sampling)"
        TOP_TWO = "top_two", "more traffic to the best two (top-two Thompson)"

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
    looks = models.CharField(max_length=20, choices=Looks.choices, default=Looks.ANYTIME)
    planned_looks = models.PositiveSmallIntegerField(
        default=5, help_text="Of a group-sequential test: at equal steps to the planned sample."
    )
    spending = models.CharField(
        max_length=20, choices=Spending.choices, default=Spending.OBRIEN_FLEMING
    )
    correction = models.CharField(
        max_length=20,
        choices=Correction.choices,
        default=Correction.HOLM,
        help_text="How the goals' comparisons share the chance of a false alarm.",
    )
    primary_share = models.FloatField(
        default=0.5, help_text="Of several goals, the first one's share of the level."
    )
    coverage = models.FloatField(
        default=1.0, help_text="Share of the people who take part: the ramp. Growing moves nobody."
    )
    layer = models.ForeignKey(
        Layer, on_delete=models.PROTECT, null=True, blank=True, related_name="experiments"
    )
    layer_start = models.FloatField(default=0.0)
    layer_end = models.FloatField(default=1.0)
    holdout_share = models.FloatField(
        default=0.0, help_text="Share of the people kept out of this experiment."
    )
    traffic = models.CharField(max_length=10, choices=Traffic.choices, default=Traffic.FIXED)
    floor = models.FloatField(default=0.05, help_text="Of a bandit: the least weight of any arm.")
    control_floor = models.FloatField(
        default=0.1, help_text="Of a bandit: the least weight of control."
    )
    warm_up = models.PositiveIntegerField(
        default=100, help_text="Of a bandit: units each arm has before any weight changes."
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(coverage__range=(0, 1)),
                name="experiment_coverage_is_a_share",
                violation_error_message="coverage must lie between 0 and 1",
            ),
            models.CheckConstraint(
                condition=models.Q(holdout_share__range=(0, 1)),
                name="experiment_holdout_is_a_share",
                violation_error_message="holdout_share must lie between 0 and 1",
            ),
            models.CheckConstraint(
                condition=models.Q(layer_start__gte=0)
                & models.Q(layer_end__lte=1)
                & models.Q(layer_start__lte=models.F("layer_end")),
                name="experiment_slice_lies_in_its_layer",
                violation_error_message="layer_start must lie between 0 and layer_end",
            ),
            models.CheckConstraint(
                condition=~models.Q(looks="group_sequential")
                | models.Q(planned_units__isnull=False, planned_looks__gte=1),
                name="experiment_planned_looks_need_a_sample",
                violation_error_message="looks: planned looks need planned_units",
            ),
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
                violation_error_message="confidence must lie between 0.5 and 1, as 0.95",
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
