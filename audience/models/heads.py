"""Models that were fitted on the shop's own texts and orders."""

from __future__ import annotations

from django.db import models


class FittedHead(models.Model):
    """Weights of one fit; the newest of a kind counts."""

    class Kind(models.TextChoices):
        SENTIMENT = "sentiment"
        PURCHASE = "purchase", "Intent to buy"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    fitted_at = models.DateTimeField()
    encoder = models.CharField(
        max_length=200, blank=True, help_text="Whose vectors it reads; empty: none."
    )
    examples = models.PositiveIntegerField()
    quality = models.JSONField(default=dict, help_text="On examples it had not seen.")
    weights = models.BinaryField(help_text="Numbers and JSON, no pickle.")

    class Meta:
        verbose_name = "learnt model"
        indexes = [models.Index(fields=["kind", "-fitted_at"], name="newest_head_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.fitted_at:%Y-%m-%d}"
