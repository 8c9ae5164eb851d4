"""`manage.py check_bucketing FILE`: our assignment against a GrowthBook SDK's cases."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from experiments.vectors import check_bucketing


class Command(BaseCommand):
    help = (
        "Run the sections hash, getBucketRange, chooseVariation, getEqualWeights, inNamespace and "
        "run of a GrowthBook SDK's cases.json on our assignment. Prints each miss with expected "
        "and got; ends with the count, and with exit code 1 on a miss."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="A cases.json.")

    def handle(self, *_: Any, file: Path, **__: Any) -> None:
        try:
            cases = orjson.loads(file.read_bytes())
        except (OSError, ValueError) as error:
            raise CommandError(f"{file.name} cannot be read as JSON: {error}") from error
        if not isinstance(cases, dict):
            raise CommandError(f"{file.name} is no object of sections")
        report = check_bucketing(cases)
        for line in report.lines():
            self.stdout.write(line)
        if report.failed:
            raise SystemExit(1)
