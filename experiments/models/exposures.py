"""Who was given which arm, and how the traffic was divided when."""

from __future__ import annotations

from django.db import models

from experiments.models.experiments import Arm, Experiment


class WeightChange(models.Model):
    """From when on the traffic was divided how: by a person (ramp, weights) or by a bandit.

    An exposure names the period it was decided in, so that every unit's chance is known.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="weight_changes"
    )
    period = models.PositiveIntegerField(help_text="0, 1, 2, … within the experiment.")
    weights = models.JSONField(help_text="Weight of each arm by key.")
    coverage = models.FloatField(default=1.0)
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["experiment", "period"]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "period"], name="weight_change_once_per_period"
            )
        ]

    def __str__(self) -> str:
        return self.reason


class ForcedArm(models.Model):
    """A unit that is shown an arm for testing, whatever the hash says. It is never counted."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="forced")
    unit_id = models.CharField(max_length=200)
    arm = models.ForeignKey(Arm, on_delete=models.CASCADE, related_name="forced")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "unit_id"], name="forced_arm_once_per_unit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.arm_id}"


class UnknownArm(models.Model):
    """An arm that an email tool named and the experiment does not have: how often, and when."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="unknown_arms"
    )
    key = models.CharField(max_length=60)
    times = models.PositiveIntegerField(default=0)
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="unknown_arm_once")
        ]

    def __str__(self) -> str:
        return self.key


class Exposure(models.Model):
    """A unit was given an arm. Written once; whatever changes later, the unit keeps its arm."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="exposures")
    unit_id = models.CharField(max_length=200)
    arm = models.ForeignKey(Arm, on_delete=models.CASCADE, related_name="exposures")
    stratum = models.CharField(
        max_length=80, blank=True, help_text="The segment the unit was in when assigned."
    )
    assigned_at = models.DateTimeField()
    period = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="Which weights were in force (WeightChange.period).",
    )
    has_other_arm = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Another arm was named for the unit later on.",
    )
    is_counted = models.BooleanField(
        default=False, db_default=False, help_text="The roll-up has it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "unit_id"], name="exposure_once_per_unit"
            ),
            models.CheckConstraint(condition=~models.Q(unit_id=""), name="exposure_has_a_unit"),
        ]
        indexes = [
            models.Index(
                fields=["experiment"],
                condition=models.Q(is_counted=False),
                name="exposure_not_counted",
            ),
            models.Index(
                fields=["experiment"],
                condition=models.Q(has_other_arm=True),
                name="exposure_with_other_arm",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.arm_id}"
