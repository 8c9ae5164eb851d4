"""`manage.py services start|stop|status`: the embedded PostgreSQL and Redis."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import embedded


class Command(BaseCommand):
    help = "Start, stop or show the embedded PostgreSQL and Redis."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["start", "stop", "status"])

    def handle(self, *_: Any, action: str, **__: Any) -> None:
        if action == "start":
            embedded.ensure_running()
        if action == "stop":
            stopped = embedded.stop()
            self.stdout.write(f"stopped: {', '.join(stopped) or 'nothing was running'}")
            return
        for line in embedded.describe():
            self.stdout.write(line)
