"""Who is told what: endpoints, the outbox, and a log of every attempt."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.installation import keyed_bytes
from core.timestamps import Timestamped

SECRET_PURPOSE = "webhook secret"  # noqa: S105 (what the secret is for)


def new_seed() -> str:
    return secrets.token_hex(16)


class WebhookEndpoint(Timestamped):
    """Where webhooks go to. Its secret is computed from a seed, so that no table gives it away."""

    name = models.CharField(max_length=100, help_text="Whose program it is.")
    url = models.CharField(max_length=2_000, verbose_name="address")
    kinds = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        verbose_name="events",
        help_text="What it is told; nothing chosen: everything.",
    )
    is_enabled = models.BooleanField(default=True)
    is_callback = models.BooleanField(
        default=False,
        editable=False,
        help_text="Made by a request that named it; it is told what became of that, nothing else.",
    )
    disabled_because = models.CharField(max_length=200, blank=True, editable=False)
    paused_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="It asked to be left alone for so long."
    )
    seed = models.CharField(max_length=32, default=new_seed, editable=False)
    old_seed = models.CharField(max_length=32, blank=True, editable=False)
    old_seed_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )

    class Meta:
        verbose_name = "webhook"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(old_seed="") | models.Q(old_seed_until__isnull=False),
                name="webhook_old_secret_ends",
            ),
            models.UniqueConstraint(
                fields=["url"],
                condition=models.Q(is_callback=True),
                name="webhook_callback_once_per_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def keys(self, *, now: datetime) -> list[bytes]:
        """What to sign with: the present key, and the one before for as long as it holds."""
        seeds = [self.seed]
        if self.old_seed_until is not None and self.old_seed_until > now:
            seeds.append(self.old_seed)
        return [keyed_bytes(SECRET_PURPOSE, seed) for seed in seeds]


class WebhookMessage(models.Model):
    """Something that happened, in the bytes that are sent; written by what did it."""

    id = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=80, db_index=True)
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class WebhookDelivery(models.Model):
    """A message on its way to one endpoint."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed", "given up"
        STOPPED = "stopped", "stopped: the endpoint was switched off"

    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["message", "endpoint"], name="webhook_delivery_once_per_endpoint"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="delivered") | models.Q(delivered_at__isnull=False),
                name="webhook_delivered_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="waiting"),
                name="webhook_delivery_is_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.endpoint_id}"


class WebhookAttempt(models.Model):
    """One try: what was answered, or why nothing was."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    seconds = models.FloatField()
    status = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=300)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["delivery", "-at"]

    def __str__(self) -> str:
        return self.outcome
