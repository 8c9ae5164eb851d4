"""What outlives the rest: what people agreed to, and that they must not be written to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
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
        ERASED = "erased", "asked to be erased"

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
                condition=models.Q(
                    reason__in=["unsubscribed", "bounced", "complained", "manual", "erased"]
                ),
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


class KnownAddress(models.Model):
    """Whose an e-mail address is, by its keyed hash: the address itself is not kept here.

    The audience writes these rows; what comes in about an address finds its subject by them.
    """

    digest = models.CharField(max_length=64, help_text="See `privacy.addresses`.")
    subject_id = models.UUIDField(unique=True)
    unit_id = models.CharField(max_length=200, help_text="What the shop calls the subject.")
    rank = models.BigIntegerField(
        help_text="Of subjects who share an address, the lowest is meant."
    )

    class Meta:
        verbose_name_plural = "known addresses"
        indexes = [
            models.Index(fields=["digest", "rank"], name="address_by_digest"),
            models.Index(fields=["unit_id"], name="address_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.digest[:8]}…"


class SubjectRequest(models.Model):
    """Somebody wants to see what is held of them, or to have it erased. The row is the job.

    Shaped after OpenDSR. Once it is done the identities are hashes, and an export is kept for a
    while only.
    """

    class Type(models.TextChoices):
        ACCESS = "access"
        PORTABILITY = "portability"
        ERASURE = "erasure"

    class Status(models.TextChoices):
        PENDING = "pending"
        IN_PROGRESS = "in_progress", "in progress"
        COMPLETED = "completed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, help_text="The asker's own id of the request.")
    type = models.CharField(max_length=15, choices=Type.choices)
    regulation = models.CharField(max_length=10)
    status = models.CharField(max_length=15, choices=Status.choices, default=Status.PENDING)
    identities = models.JSONField(
        help_text="Who it is about: raw until it is worked on, keyed hashes afterwards."
    )
    submitted_at = models.DateTimeField(help_text="When the subject asked.")
    received_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(help_text="When the law wants it done.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    receipt = models.JSONField(
        default=dict, help_text="How many subjects were found, and rows per holder."
    )
    export = models.JSONField(null=True, blank=True, help_text="For access: until it expires.")
    requested_by = models.CharField(max_length=150, blank=True)
    callbacks = ArrayField(
        models.CharField(max_length=2_000),
        default=list,
        blank=True,
        help_text="Addresses that are told of every new status.",
    )

    class Meta:
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="completed") | models.Q(completed_at__isnull=False),
                name="subject_request_completed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="in_progress") | models.Q(claimed_at__isnull=False),
                name="subject_request_in_progress_is_claimed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(status__in=["pending", "in_progress"]),
                name="subject_request_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id} ({self.status})"
