"""What visitors asked, what they were answered, and what they thought of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from pgvector.django import VectorField

from assistant.models.knowledge import VECTOR_SIZE, KnowledgeBase


class Conversation(models.Model):
    """A visitor's questions in a row. Its id is known to the visitor alone, and is their key."""

    class Status(models.TextChoices):
        OPEN = "open"
        HANDED_OVER = "handed_over", "waiting for a person"
        RESOLVED = "resolved"
        UNRESOLVED = "unresolved"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="conversations")
    unit_id = models.CharField(
        max_length=200,
        blank=True,
        help_text="The contact, where the shop's own page said who it is.",
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    started_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now(), db_index=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who of the staff answers the visitor.",
    )

    class Meta:
        permissions = [("answer_conversation", "Can answer visitors in the inbox")]
        indexes = [
            models.Index(
                fields=["handed_over_at"],
                condition=models.Q(status="handed_over"),
                name="conversation_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"conversation {str(self.pk)[:8]} ({self.status})"


class Message(models.Model):
    """Something that was said. Personal numbers were masked before it was kept."""

    class Role(models.TextChoices):
        VISITOR = "visitor"
        ASSISTANT = "assistant"
        STAFF = "staff"

    class Outcome(models.TextChoices):
        ANSWERED = "answered"
        UNSURE = "unsure", "the nearest that is known"
        NO_EVIDENCE = "no_evidence", "nothing known"
        CLARIFY = "clarify", "asked what was meant"
        HANDED_OVER = "handed_over", "handed over to a person"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Of what staff said: who.",
    )
    text = models.TextField()
    said_at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    sentences = models.JSONField(
        default=list, blank=True, help_text="Of an answer: text, and the numbers of its sources."
    )
    sources = models.JSONField(
        default=list, blank=True, help_text="Of an answer: document, heading, address, by number."
    )
    similarity = models.FloatField(
        null=True, blank=True, help_text="Of the best passage: how sure the answer could be."
    )
    looked_for = models.TextField(
        blank=True, help_text="The question as it was looked for, what came before put in."
    )
    vector = VectorField(dimensions=VECTOR_SIZE, null=True, editable=False)
    policy = models.ForeignKey(
        "assistant.Policy", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    wording = models.JSONField(
        default=dict,
        blank=True,
        help_text="Of an answer: extractive or rephrased, why, and what a language model took.",
    )
    language = models.CharField(
        max_length=8, blank=True, help_text="Of the question, in two letters; empty: not known."
    )
    intent = models.CharField(
        max_length=80, blank=True, help_text="What was wanted, where that was one of the intents."
    )
    choices = models.JSONField(
        default=list, blank=True, help_text="What a visitor was asked to choose from."
    )
    entities = models.JSONField(
        default=dict, blank=True, help_text="Order numbers and products that were meant."
    )
    took_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["conversation", "said_at"]
        indexes = [
            models.Index(
                fields=["said_at"],
                condition=models.Q(outcome="no_evidence"),
                name="message_without_evidence",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Feedback(models.Model):
    """What a visitor thought of an answer; said again, the last word counts."""

    class Reason(models.TextChoices):
        WRONG = "wrong"
        MISSING = "missing", "something is missing"
        UNCLEAR = "unclear"
        OUTDATED = "outdated"
        MISREAD = "misread", "not what I asked"
        OTHER = "other"

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="feedback")
    is_helpful = models.BooleanField()
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)
    said_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{'helpful' if self.is_helpful else 'not helpful'}: {self.message}"


class Click(models.Model):
    """A source or product of an answer that its visitor opened; opened again, it is the same."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="clicks")
    number = models.PositiveSmallIntegerField(help_text="Of the source in the answer.")
    is_product = models.BooleanField(default=False)
    clicked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="click_once_per_source")
        ]

    def __str__(self) -> str:
        return f"source {self.number} of: {self.message}"
