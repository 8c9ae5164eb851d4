"""Roll-ups: what each unit did, and sums per day, kept up to date from new events.

Values are decimals and sums of decimals are exact, in whatever order they are added or taken away.
So a roll-up that was brought up to date a thousand times equals one made anew, to the last digit;
the centred moments of the statistics are taken from the exact sums at the very end.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from experiments.models.experiments import Arm, Experiment
from experiments.models.metrics import Metric


class AmountField(models.DecimalField):
    """A unit's figure: as exact as the events' values."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 40, "decimal_places": 4, "default": 0, **options})


class SumField(models.DecimalField):
    """A sum over units of figures, or of products of two of them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 80, "decimal_places": 8, "default": 0, **options})


def _whole(model: type[models.Model], *, db_index: bool = False) -> Any:
    """A foreign key the database need not check: only a refresh writes these rows, millions of
    them, and the check would take as long as the rest of it.
    """
    return models.ForeignKey(
        model,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=db_index,
        db_constraint=False,
    )


class RollUp(models.Model):
    """How far an experiment's roll-up has come. Its row is the lock of whoever refreshes it."""

    experiment = models.OneToOneField(
        Experiment, on_delete=models.CASCADE, primary_key=True, related_name="roll_up"
    )
    watermark = models.BigIntegerField(
        default=0, help_text="Events of every transaction below this have been read."
    )
    until = models.DateTimeField(null=True, help_text="Events later than this are not in yet.")
    definition = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the metrics; others mean a fresh start."
    )
    caps = models.JSONField(
        default=dict, help_text="Caps that stand at a quantile, by the metric's key."
    )
    refreshed_at = models.DateTimeField(null=True)
    units_read = models.PositiveIntegerField(
        default=0, help_text="Units computed anew by the last refresh."
    )
    sums = models.JSONField(
        null=True, help_text="Sums over the days that count now, so that a report adds up nothing."
    )
    log_read_at = models.DateTimeField(
        null=True, help_text="When the health checks last read the log itself."
    )
    log_findings = models.JSONField(default=list, help_text="What they found there.")

    def __str__(self) -> str:
        return f"{self.experiment_id} up to transaction {self.watermark}"


class UnitOutcome(models.Model):
    """What one unit did on one metric; a unit that did nothing has no row."""

    # The unit first: a refresh asks for all that a unit did.
    pk = models.CompositePrimaryKey("unit_id", "metric_id")
    metric = _whole(Metric, db_index=True)
    unit_id = models.CharField(max_length=200)
    arm = _whole(Arm)
    stratum = models.CharField(max_length=80, blank=True)
    day = models.DateField(help_text="Of the assignment, UTC.")
    period = models.PositiveIntegerField(default=0)
    value = AmountField()
    denominator = AmountField()
    before = AmountField()
    denominator_before = AmountField()

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.value}"


class ExposureCell(models.Model):
    """Units assigned on one day to one arm in one stratum."""

    experiment = _whole(Experiment)
    arm = _whole(Arm)
    stratum = models.CharField(max_length=80, blank=True)
    day = models.DateField()
    period = models.PositiveIntegerField(default=0)
    units = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "arm", "stratum", "day", "period"],
                name="exposure_cell_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.units} on {self.day}"


class OutcomeCell(models.Model):
    """Sums over the units assigned on one day to one arm in one stratum, on one metric."""

    metric = _whole(Metric)
    is_capped = models.BooleanField(default=False)
    arm = _whole(Arm)
    stratum = models.CharField(max_length=80, blank=True)
    day = models.DateField()
    period = models.PositiveIntegerField(default=0)
    doers = models.BigIntegerField(help_text="Units whose value is not zero.")
    sum_value = SumField()
    sum_denominator = SumField()
    sum_before = SumField()
    sum_denominator_before = SumField()
    product_value_value = SumField()
    product_value_denominator = SumField()
    product_value_before = SumField()
    product_value_denominator_before = SumField()
    product_denominator_denominator = SumField()
    product_denominator_before = SumField()
    product_denominator_denominator_before = SumField()
    product_before_before = SumField()
    product_before_denominator_before = SumField()
    product_denominator_before_denominator_before = SumField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "is_capped", "arm", "stratum", "day", "period"],
                name="outcome_cell_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} on {self.day}"
