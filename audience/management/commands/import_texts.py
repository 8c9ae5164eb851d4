"""`manage.py import_texts FILE`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from audience.consent_command import ConsentLoadCommand
from audience.loading import texts_importer
from core.loading.importers import Importer


class Command(ConsentLoadCommand):
    help = "Import what contacts wrote: reviews, searches, questions."
    person = "contact"
    described = texts_importer(now=timezone.now(), creates_contacts=False)
    example = 'manage.py import_texts reviews.csv --map "Review Text=body" --create-contacts'

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--create-contacts",
            action="store_true",
            help="Make the contacts that are not there yet; without it their texts are rejected.",
        )

    def importer(self, options: dict[str, Any]) -> Importer:
        return texts_importer(now=timezone.now(), creates_contacts=options["create_contacts"])
