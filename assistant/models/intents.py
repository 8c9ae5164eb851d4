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


class LearntExample(models.Model):
    """What a visitor said, and what use of the assistant says it meant.

    It goes with the message that it was, so that who is forgotten is forgotten here too.
    """

    class How(models.TextChoices):
        STAFF = "staff", "staff said so"
        CHOSEN = "chosen", "the visitor chose it"
        HELPED = "helped", "its answer helped"
        NOT_IT = "not_it", "its answer was not what they asked"

    class State(models.TextChoices):
        LEARNT = "learnt", "learnt"
        ADOPTED = "adopted", "adopted: it is one of the written examples"
        REMOVED = "removed", "removed: it is not learnt from"

    base = models.ForeignKey(
        KnowledgeBase, on_delete=models.CASCADE, related_name="learnt_examples"
    )
    message = models.OneToOneField(
        "assistant.Message", on_delete=models.CASCADE, related_name="learnt_example"
    )
    text = models.CharField(max_length=300)
    intent = models.ForeignKey(
        Intent,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="learnt_examples",
        help_text="Empty: it is for the documents.",
    )
    how = models.CharField(max_length=8, choices=How.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.LEARNT)
    learnt_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["base", "-learnt_at", "-pk"]
        verbose_name = "example from a conversation"
        verbose_name_plural = "examples from conversations"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(how="staff") | models.Q(intent__isnull=False),
                name="learnt_example_of_visitors_has_an_intent",
            )
        ]

    def __str__(self) -> str:
        return self.text


class IntentFit(models.Model):
    """A head fitted on a base's examples; before that the row is the job.

    One is live; the rest can be put in its place.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running", "being learnt"
        DONE = "done"
        FAILED = "failed"

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
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DONE)
    stage = models.CharField(max_length=60, blank=True, help_text="What is being done.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    encoder = models.CharField(max_length=200, blank=True, help_text="Whose vectors it reads.")
    digest = models.BinaryField(
        max_length=32,
        default=b"",
        help_text="Of the encoder and the examples; empty: some are forgotten.",
    )
    intent_count = models.PositiveIntegerField(default=0)
    example_count = models.PositiveIntegerField(default=0)
    learnt_count = models.PositiveIntegerField(
        "from conversations", default=0, help_text="Of the examples."
    )
    accuracy = models.FloatField(
        null=True, blank=True, help_text="Share of examples named right, cross-validated."
    )
    kept_count = models.PositiveIntegerField(
        "kept examples",
        default=0,
        help_text="Examples of the shop's people that no head under comparison has learnt from.",
    )
    kept_before = models.FloatField(
        null=True, blank=True, help_text="Share of them that the head then live named right."
    )
    kept_after = models.FloatField(null=True, blank=True, help_text="That this one does.")
    heard_count = models.PositiveIntegerField(
        "kept examples of visitors",
        default=0,
        help_text="That their feedback labelled.",
    )
    heard_before = models.FloatField(
        null=True, blank=True, help_text="Share of those that the head then live named right."
    )
    heard_after = models.FloatField(null=True, blank=True, help_text="That this one does.")
    is_live = models.BooleanField(default=False)
    weights = models.BinaryField(default=b"", help_text="Numbers and JSON, no pickle.")
    trial_weights = models.BinaryField(
        null=True, help_text="The same head without the kept examples, to compare by."
    )

    class Meta:
        ordering = ["base", "-fitted_at", "-pk"]
        verbose_name = "intent head"
        constraints = [
            models.UniqueConstraint(
                fields=["base"], condition=models.Q(is_live=True), name="intent_fit_live_once"
            ),
            models.UniqueConstraint(
                fields=["base"],
                condition=models.Q(status__in=["waiting", "running"]),
                name="intent_fit_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(status="done") | models.Q(is_live=False),
                name="intent_fit_live_is_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base}, {self.fitted_at:%Y-%m-%d %H:%M}"
