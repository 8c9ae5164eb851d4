"""What a knowledge base learns from use: what is missing in it, and how passages are ranked."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from pgvector.django import VectorField

from assistant.models.conversations import Message
from assistant.models.knowledge import VECTOR_SIZE, Document, KnowledgeBase


class GapSearch(models.Model):
    """A search for gaps. The row is the job."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running", "being looked for"
        DONE = "done"
        FAILED = "failed"

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="gap_searches")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    gap_count = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["base", "-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["base"],
                condition=models.Q(status__in=["waiting", "running"]),
                name="gap_search_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"search in {self.base} ({self.status})"


class Gap(models.Model):
    """Questions alike that a knowledge base did not answer well: what a person might write next.

    Its messages are the answers that failed; with them go its examples, so that who is forgotten is
    forgotten here too.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered", "an answer was written"
        MEANT = "meant", "an intent was taught it"
        DISMISSED = "dismissed", "not for us"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="gaps")
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    centre = VectorField(dimensions=VECTOR_SIZE, editable=False)
    messages = models.ManyToManyField(Message, related_name="gaps", editable=False)
    visitor_count = models.PositiveIntegerField(default=0)
    found_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now(), help_text="When a search last found it.")
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["base", "-visitor_count", "name"]

    def __str__(self) -> str:
        return self.name


class RankerFit(models.Model):
    """Ranking learned from a base's feedback, beside what it would replace.

    Only one that is better on questions kept aside goes live by itself.
    """

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="ranker_fits")
    fitted_at = models.DateTimeField(db_default=Now())
    weights = models.JSONField(help_text="By feature: weight, mean and spread.")
    memory = models.BinaryField(
        editable=False, help_text="What visitors thought of which chunk, for which question."
    )
    question_count = models.PositiveIntegerField()
    kept_count = models.PositiveIntegerField(help_text="Of them kept aside to judge by.")
    before = models.FloatField(help_text="Mean reciprocal rank on those kept aside, as it was.")
    after = models.FloatField(help_text="The same as it ranks.")
    verdict = models.CharField(max_length=200)

    class Meta:
        ordering = ["base", "-fitted_at"]

    def __str__(self) -> str:
        return f"ranking of {self.base}, {self.after:.3f} after {self.before:.3f}"
