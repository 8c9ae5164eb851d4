"""`manage.py check_vectors FILE`: our statistics against a file of expected numbers."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from experiments.vectors import check_vectors


class Command(BaseCommand):
    help = (
        "Compare our statistics with a file of expected numbers, each within its own tolerance. "
        "Prints each miss with expected and got, and what is not covered; ends with the count, "
        "and with exit code 1 on a miss."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="JSON: vectors with id, inputs, expected."
        )

    def handle(self, *_: Any, file: Path, **__: Any) -> None:
        try:
            report = check_vectors(orjson.loads(file.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{file.name} is no file of vectors: {error}") from error
        for line in report.lines():
            self.stdout.write(line)
        if report.failed:
            raise SystemExit(1)
