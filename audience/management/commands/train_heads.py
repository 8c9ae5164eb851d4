"""`manage.py train_heads --data DIR`: the shipped weights of sentiment and purchase intent."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audience.behaviour import purchase
from audience.evaluation.sections import keeping
from audience.training import train_purchase, train_sentiment
from core.errors import DomainError
from inference.encoders import text_encoder
from inference.heads import sentiment


class Command(BaseCommand):
    help = (
        "Learn the shipped sentiment weights from clothing reviews and the purchase weights from a "
        "shop's invoices, and write them with where they come from and how good they are on what "
        "they had not seen. No row of the data is kept."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", metavar="DIR", type=Path, required=True)

    def handle(self, *_: Any, data: Path, **__: Any) -> None:
        encode = keeping(text_encoder(), Path(settings.BASE_DIR) / "var" / "audience")
        try:
            heads = (
                (sentiment.WEIGHTS, train_sentiment(data, encode, encoder=text_encoder().name)),
                (purchase.WEIGHTS, train_purchase(data)),
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        for place, head in heads:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(head.pack())
            quality = ", ".join(f"{name} {own}" for name, own in head.about["quality"].items())
            self.stdout.write(f"Wrote {place} ({place.stat().st_size:,} bytes): {quality}.")
