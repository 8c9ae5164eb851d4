"""`manage.py demo`: the main job on a made-up shop, from imported files to a verdict."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from core.errors import CopyliftError


class Command(BaseCommand):
    help = (
        "Seed a made-up shop and run the main job on it: import, understand, brief, generate, "
        "review, test, verdict. Needs a running worker (`make demo` starts one). "
        "Run again, it adds nothing and prints the result."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        # Imported late: the story pulls in every app, which `help` need not wait for.
        from web.demo import story  # noqa: PLC0415

        try:
            campaign = story.tell(Console(), now=timezone.now())
        except CopyliftError as error:
            raise CommandError(str(error)) from error
        call_command("report", campaign.key)
