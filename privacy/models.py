"""What outlives a person's other rows: that they must not be written to."""

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
