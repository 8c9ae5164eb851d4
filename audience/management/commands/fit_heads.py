"""`manage.py fit_heads`: learn sentiment and intent to buy from the shop's own texts and orders."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from audience.services import profiles_grow_old, purchase_head_fit, sentiment_head_fit


class Command(BaseCommand):
    help = (
        "Learn sentiment from the shop's own ratings and the intent to buy from its own orders, "
        "where there are enough of them; until then the shipped weights hold."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        now = timezone.now()
        for name, fit in (("Sentiment", sentiment_head_fit), ("Intent to buy", purchase_head_fit)):
            head = fit(now=now)
            if head is None:
                self.stdout.write(f"{name}: too little of the shop's own; what is in force stays.")
                continue
            quality = ", ".join(f"{key} {value}" for key, value in head.quality.items())
            self.stdout.write(f"{name}: fitted on {head.examples:,} examples: {quality}.")
        self.stdout.write(f"{profiles_grow_old(now=now):,} profiles are due to be made again.")
