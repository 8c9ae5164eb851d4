"""`manage.py report CAMPAIGN`: what the test found, as a table or as JSON."""

from __future__ import annotations

import io
import shutil
from argparse import ArgumentParser
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from campaigns.models import Campaign
from campaigns.report_text import print_report
from campaigns.selectors import Report, report_for
from experiments.services import analysis_refresh

WIDTH_IN_A_PIPE = 140


class Command(BaseCommand):
    help = (
        "Print what a campaign's test has found so far: every arm with its people, conversions, "
        "lift and chance to beat the control, overall and within each segment, whether the traffic "
        "was split as planned, the verdict in a sentence, and the winning copy. The figures are "
        "worked out anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "campaign", metavar="CAMPAIGN", help="The campaign's key, as email tools call it."
        )
        parser.add_argument(
            "--json", action="store_true", help="Print one JSON object instead of tables."
        )

        parser.add_argument(
            "--full", action="store_true", help="Every metric by segment, and the whole copy."
        )

    def handle(self, *_: Any, campaign: str, json: bool, full: bool, **__: Any) -> None:
        found = Campaign.objects.select_related("experiment").filter(key=campaign).first()
        if found is None:
            raise CommandError(_unknown(campaign))
        now = timezone.now()
        if found.experiment is not None:
            analysis_refresh(found.experiment, now=now)
        report = report_for(found, now=now)
        if json:
            self.stdout.write(
                orjson.dumps(report, default=str, option=orjson.OPT_INDENT_2).decode()
            )
        else:
            self.stdout.write(_as_text(report, is_full=full, is_terminal=self.stdout.isatty()))


def _as_text(report: Report, *, is_full: bool, is_terminal: bool) -> str:
    width = shutil.get_terminal_size().columns if is_terminal else WIDTH_IN_A_PIPE
    text = io.StringIO()
    print_report(
        report, Console(file=text, force_terminal=is_terminal, width=width), is_full=is_full
    )
    return text.getvalue()


def _unknown(key: str) -> str:
    keys = Campaign.objects.order_by("key").values_list("key", flat=True)
    known = ", ".join(keys) or "none yet; make one in the admin"
    return f"There is no campaign {key!r}. Campaigns: {known}"
