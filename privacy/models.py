"""What outlives the rest: what people agreed to, and that they must not be written to."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Suppression(models.Model):
    """A subject who gets nothing on a channel. Keyed by id, not by foreign key: it outlives the
    erased person.
    """

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed"
        BOUNCED = "bounced"
        COMPLAINED = "complained"
        MANUAL = "manual", "added by a person"

    class Channel(models.TextChoices):
        ALL = "all", "all channels"
        EMAIL = "email"
        SMS = "sms", "SMS"
        PUSH = "push"

    subject_id = models.UUIDField()
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ALL)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    source = models.CharField(
        max_length=100, blank=True, help_text="What said so, e.g. an event's id."
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "channel"], name="suppression_once_per_channel"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=["unsubscribed", "bounced", "complained", "manual"]),
                name="suppression_reason_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} on {self.channel}: {self.reason}"


class ConsentPurpose(models.TextChoices):
    """What people are asked to agree to."""

    PROFILING = "profiling", "profiling from their own words and orders"
    EMAIL = "email", "marketing by email"
    SMS = "sms", "marketing by SMS"
    PUSH = "push", "marketing by push message"
    ASSISTANT = "assistant", "answers that use their profile"


class ConsentEntry(models.Model):
    """A line of the consent ledger: who said yes or no to what, when, and where. Never changed."""

    subject_id = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=20, choices=ConsentPurpose.choices)
    is_given = models.BooleanField()
    occurred_at = models.DateTimeField(help_text="When they said it.")
    source = models.CharField(
        max_length=200, help_text="Where they said it, e.g. a form with its version, an event's id."
    )
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.CharField(
        max_length=150, blank=True, help_text="The user or key that told us."
    )

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        verbose_name_plural = "consent entries"
        constraints = [
            # A file imported twice, or an event sent twice, is one statement.
            models.UniqueConstraint(
                fields=["subject_id", "purpose", "occurred_at", "source"],
                name="consent_entry_once",
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="consent_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id}: {'yes' if self.is_given else 'no'} to {self.purpose}"


class Consent(models.Model):
    """What a subject's newest entry on a purpose says: the ledger's present state, for queries."""

    subject_id = models.UUIDField()
    purpose = models.CharField(max_length=20, choices=ConsentPurpose.choices)
    is_given = models.BooleanField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "purpose"], name="consent_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject_id}: {'yes' if self.is_given else 'no'} to {self.purpose}"
