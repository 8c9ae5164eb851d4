"""`manage.py import_events FILE`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from core.loading.command import LoadCommand
from core.loading.importers import Importer
from events.loading import SOURCE_LENGTH, events_importer, import_source
from events.services import months_make_ahead


class Command(LoadCommand):
    help = "Import events: what people did, and when."
    described = events_importer(source="", now=timezone.now())
    example = "manage.py import_events orders-2025.csv.gz --map customer=unit_id"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--source",
            default="",
            help="Where the events come from (default: import:FILE). An event is stored once per "
            "source and message_id.",
        )

    def importer(self, options: dict[str, Any]) -> Importer:
        source = options["source"] or import_source(options["file"].name)
        if len(source) > SOURCE_LENGTH:
            raise CommandError(f"--source is longer than {SOURCE_LENGTH} characters")
        now = timezone.now()
        months_make_ahead(now=now)
        return events_importer(source=source, now=now)
