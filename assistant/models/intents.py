"""What visitors may want beside an answer, by examples, and the heads fitted on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from assistant.models.knowledge import KnowledgeBase
from core.models import Timestamped


class Intent(Timestamped):
    """Something visitors want, said in examples by a person, and what is done about it."""

    class Action(models.TextChoices):
        DOCUMENTS = "documents", "answer from the documents"
        REPLY = "reply", "give the reply below"
        HAND_OVER = "hand_over", "hand over to a person"
        RECOMMEND = "recommend", "recommend products"

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="intents")
    name = models.CharField(
        max_length=80, help_text="As visitors may read it, where they are asked what they mean."
    )
    examples = models.TextField(help_text="What people say, one a line; ten tell more than five.")
    action = models.CharField(max_length=10, choices=Action.choices, default=Action.DOCUMENTS)
    reply = models.TextField(blank=True, help_text="Said word for word.")
    is_active = models.BooleanField("switched on", default=True)

    class Meta:
        ordering = ["base", "name"]
        constraints = [
            models.UniqueConstraint(fields=["base", "name"], name="intent_once_per_base"),
            models.CheckConstraint(
                condition=~models.Q(action="reply") | ~models.Q(reply=""),
                name="intent_that_replies_has_a_reply",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IntentFit(models.Model):
    """A head fitted on a base's examples. One is live; the rest can be put in its place."""

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="intent_fits")
    fitted_at = models.DateTimeField(db_default=Now())
    fitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty: because the examples had changed.",
    )
    encoder = models.CharField(max_length=200, help_text="Whose vectors it reads.")
    digest = models.BinaryField(max_length=32, help_text="Of the encoder and the examples.")
    intent_count = models.PositiveIntegerField()
    example_count = models.PositiveIntegerField()
    accuracy = models.FloatField(help_text="Share of examples named right, cross-validated.")
    kept_count = models.PositiveIntegerField(
        default=0, help_text="Examples that no head under comparison has learnt from."
    )
    kept_before = models.FloatField(
        null=True, blank=True, help_text="Share of them that the head then live named right."
    )
    kept_after = models.FloatField(null=True, blank=True, help_text="That this one does.")
    is_live = models.BooleanField(default=False)
    weights = models.BinaryField(help_text="Numbers and JSON, no pickle.")
    trial_weights = models.BinaryField(
        null=True, help_text="The same head without the kept examples, to compare by."
    )

    class Meta:
        ordering = ["base", "-fitted_at", "-pk"]
        verbose_name = "intent head"
        constraints = [
            models.UniqueConstraint(
                fields=["base"], condition=models.Q(is_live=True), name="intent_fit_live_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.base}, {self.fitted_at:%Y-%m-%d %H:%M}"
