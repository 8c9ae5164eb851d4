"""What everybody's words are, counted once for many runs."""

from __future__ import annotations

from django.db import models


class PhraseBackground(models.Model):
    """How many of the newest texts hold each phrase; there is one row.

    What a single text holds is left out: it is as rare as what none does, and may be a person's.
    """

    counted_at = models.DateTimeField()
    newest = models.BigIntegerField(help_text="The key of the newest text that was counted.")
    texts = models.PositiveIntegerField()
    holding = models.JSONField(help_text="{phrase: texts that hold it}.")

    def __str__(self) -> str:
        return f"phrases of {self.texts} texts"
