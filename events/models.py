"""The event log: what people did, as their tools told us. Append-only; readers pull from it."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

from core.transactions import CurrentTransaction


class Event(models.Model):
    """One thing a unit did. Stored once per (source, message_id), however often it is sent."""

    class Kind(models.TextChoices):
        TRACK = "track"
        PAGE = "page"
        SCREEN = "screen"
        IDENTIFY = "identify"
        GROUP = "group"
        ALIAS = "alias"

    source = models.CharField(
        max_length=60, help_text="The API key's prefix, or the import it came by."
    )
    message_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(
        max_length=200, blank=True, help_text="For track: what was done, e.g. Order Completed."
    )
    unit_id = models.CharField(
        max_length=200, help_text="The contact's external id (userId, else anonymousId)."
    )
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    value = models.DecimalField(
        max_digits=18,
        decimal_places=4,
        null=True,
        help_text="properties.revenue, else properties.value: exact.",
    )
    properties = models.JSONField(default=dict)
    context = models.JSONField(default=dict)
    transaction_id = models.BigIntegerField(
        db_default=CurrentTransaction(),
        help_text="The transaction that stored it: readers go on from where all are done.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "message_id"], name="event_stored_once"),
            models.CheckConstraint(condition=~models.Q(unit_id=""), name="event_has_a_unit"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["track", "page", "screen", "identify", "group", "alias"]
                ),
                name="event_kind_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_id", "name", "occurred_at"], name="event_by_unit"),
            # Who did something lately, read from the index alone.
            models.Index(fields=["name", "occurred_at"], include=["unit_id"], name="event_by_name"),
            # Stored in this order anyway: a BRIN costs next to nothing to write.
            BrinIndex(fields=["transaction_id"], name="event_by_transaction", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.name or self.kind} at {self.occurred_at:%Y-%m-%d %H:%M}"


class Rejection(models.Model):
    """An event that was refused inside an accepted batch: kept to be seen, never silently lost."""

    source = models.CharField(max_length=60)
    received_at = models.DateTimeField(db_default=Now(), db_index=True)
    reason = models.CharField(max_length=300)
    payload = models.JSONField()

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"
