"""`manage.py export_send_list`: who gets which copy, for tools that cannot ask while they send."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.exports import CSV, FORMATS, csv_lines, send_list_start, write_parquet
from campaigns.models import Campaign
from core.errors import CopyliftError

STANDARD_OUT = "-"


class Command(BaseCommand):
    help = (
        "Write the send list of a live campaign: each contact with the copy they get. Everyone on "
        "it who gets an arm is in the test from then on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("campaign", metavar="CAMPAIGN", help="The campaign's key.")
        parser.add_argument("file", metavar="FILE", help="Where to write; - is standard out (CSV).")
        parser.add_argument("--format", choices=FORMATS, default=CSV)

    def handle(self, *_: Any, campaign: str, file: str, **options: Any) -> None:
        found = (
            Campaign.objects.select_related("template", "experiment").filter(key=campaign).first()
        )
        if found is None:
            raise CommandError(f"there is no campaign {campaign!r}")
        try:
            send_list_start(found, actor=None)
            self._write(found, file, options["format"])
        except CopyliftError as refused:
            raise CommandError(str(refused)) from refused

    def _write(self, campaign: Campaign, file: str, form: str) -> None:
        now = timezone.now()
        if form != CSV:
            if file == STANDARD_OUT:
                raise CommandError("Parquet goes into a file: name one instead of -")
            count = write_parquet(campaign, Path(file), now=now)
            self.stdout.write(f"{count} contacts written to {file}")
        elif file == STANDARD_OUT:
            sys.stdout.writelines(csv_lines(campaign, now=now))
        else:
            with Path(file).open("w", newline="", encoding="utf-8") as out:
                out.writelines(csv_lines(campaign, now=now))
            self.stdout.write(f"written to {file}")
