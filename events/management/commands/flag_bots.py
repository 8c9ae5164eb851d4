"""`manage.py flag_bots`: judge anew what programs did, and show before and after."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from events.bots import MEANINGS
from events.services import FlagReport, bots_flag

DAYS = 30


class Command(BaseCommand):
    help = (
        "Judge opens, clicks and other events by the present rules, and show how many were and "
        "are thought to be a program's. Figures of tests follow with their next refresh."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", help=f"first day, e.g. 2026-11-01 (default: {DAYS} days ago)"
        )
        parser.add_argument("--until", help="last day (default: today)")
        parser.add_argument(
            "--dry-run", action="store_true", help="change nothing, only show what would change"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        now = timezone.now()
        since = _day(options["since"]) if options["since"] else now - timedelta(days=DAYS)
        until = _day(options["until"]) + timedelta(days=1) if options["until"] else now
        if since >= until:
            raise CommandError("--since must be before --until")
        report = bots_flag(since=since, until=until, is_dry=options["dry_run"])
        _show(report, Console(file=cast(IO[str], self.stdout)), is_dry=options["dry_run"])


def _day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise CommandError(f"“{text}” is not a day: write it as 2026-11-01") from None


def _show(report: FlagReport, console: Console, *, is_dry: bool) -> None:
    days = Table(title="Thought to be a program's, by day (UTC)")
    for heading in ("day", "event", "events", "before", "after"):
        days.add_column(heading, justify="left" if heading in ("day", "event") else "right")
    for day in report.days:
        numbers = (f"{n:,}" for n in (day.events, day.before, day.after))
        days.add_row(day.day.isoformat(), day.name, *numbers)
    console.print(days)
    reasons = Table(title="Why, after")
    for heading in ("reason", "events", "what it means"):
        reasons.add_column(heading, justify="right" if heading == "events" else "left")
    for reason, times in sorted(report.reasons.items(), key=lambda item: -item[1]):
        reasons.add_row(reason, f"{times:,}", MEANINGS[reason])
    console.print(reasons)
    verb = "would change" if is_dry else "changed"
    console.print(f"{report.changed:,} events {verb} their reasons.")
