"""The event log: what people did, as their tools told us. Append-only; readers pull from it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

from core.transactions import CurrentTransaction


class Event(models.Model):
    """One thing a unit did. Stored once per (source, message_id), however often it is sent.

    The table is in parts, one a month of `received_at` (`events.services.months`). A constraint
    cannot reach over parts, so `EventSeen` holds what must be there once; write by
    `events.services` or an import, which ask it.
    """

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
    bot_reasons = ArrayField(
        models.CharField(max_length=30),
        default=list,
        db_default=[],
        blank=True,
        help_text="Why a program and not a person is thought to have done it; it counts nowhere.",
    )
    transaction_id = models.BigIntegerField(
        db_default=CurrentTransaction(),
        help_text="The transaction that stored it: readers go on from where all are done.",
    )

    class Meta:
        constraints = [
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
            # For the roll-up of people's own: few are flagged, and a person looks them through.
            models.Index(
                fields=["occurred_at"],
                condition=~models.Q(bot_reasons=[]),
                name="event_flagged_by_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.name or self.kind} at {self.occurred_at:%Y-%m-%d %H:%M}"


class EventSeen(models.Model):
    """An event that was stored, by a keyed hash of its source and message id: none comes twice.

    It outlives an erased person's event, which must not come back when it is sent again, and goes
    with the month.
    """

    digest = models.UUIDField(primary_key=True)
    month = models.DateField(help_text="The month it came in: the first day.")

    class Meta:
        indexes = [BrinIndex(fields=["month"], name="event_seen_by_month", autosummarize=True)]

    def __str__(self) -> str:
        return f"{self.digest} in {self.month:%Y-%m}"


class Rejection(models.Model):
    """An event that was refused inside an accepted batch: kept to be seen, never silently lost."""

    source = models.CharField(max_length=60)
    received_at = models.DateTimeField(db_default=Now(), db_index=True)
    reason = models.CharField(max_length=300)
    payload = models.JSONField()

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


class UnitAlias(models.Model):
    """Another name a unit was known by, such as the anonymous id of a browser before the log-in.

    Events under the alias are the unit's. The first unit that claims an alias keeps it.
    """

    alias = models.CharField(max_length=200, primary_key=True)
    unit_id = models.CharField(max_length=200, db_index=True)
    since = models.DateTimeField(help_text="When the event that says so happened.")

    class Meta:
        verbose_name_plural = "unit aliases"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(alias=models.F("unit_id")), name="alias_is_another_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.alias} is {self.unit_id}"


class UnitChange(models.Model):
    """A unit whose past was changed in the log: events it had are another's now.

    Readers that follow the log by its transactions see what was added, and by this what was taken.
    """

    unit_id = models.CharField(max_length=200)
    transaction_id = models.BigIntegerField(db_default=CurrentTransaction(), db_index=True)

    def __str__(self) -> str:
        return f"{self.unit_id} in transaction {self.transaction_id}"


class LogReader(models.Model):
    """How far a reader of the log has come. Its row is the lock of whoever reads on."""

    name = models.CharField(max_length=60, primary_key=True)
    watermark = models.BigIntegerField(
        default=0, help_text="Events of every transaction below this have been read."
    )
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} up to transaction {self.watermark}"


class AddressWaiting(models.Model):
    """An address, by its hash, that events came for and that is nobody's yet.

    Its events are of the unit “address:” with the hash until the audience knows whose it is.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "addresses waiting"

    def __str__(self) -> str:
        return f"{self.digest[:8]}…"
