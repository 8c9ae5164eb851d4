"""`manage.py metrics export|import FILE`: the library of metrics as data."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from core.errors import CopyliftError
from experiments.selectors import saved_metrics
from experiments.selectors.metrics import saved_fields
from experiments.services import saved_metrics_import

EXAMPLE = """
FILE holds a JSON list; key, name, kind and event_name are needed, the rest is as the admin has it:

  [{"key": "repeat-orders", "name": "Ordered again", "kind": "retention",
    "event_name": "Order Completed", "window_starts_hours": 168, "window_hours": 720},
   {"key": "revenue", "name": "Revenue", "kind": "sum", "event_name": "Order Completed",
    "cap_quantile": 0.99, "covariate_days": 28},
   {"key": "unsubscribed", "name": "Unsubscribed", "kind": "conversion",
    "event_name": "Unsubscribed", "is_lower_better": true, "margin": 0.1}]

kind: conversion, retention, count, sum, ratio (with denominator_event), quantile (with quantile).
Metrics are known by their key: what a file lacks is kept, what it has is made or changed, and to
import it again changes nothing. When one metric is refused, none is taken in.
"""


class Command(BaseCommand):
    help = (
        "Write the library of metrics to a file, or take one in: to keep it under version control, "
        "or to carry it to another installation. Running experiments keep their copies."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            prog_name,
            subcommand,
            epilog=EXAMPLE,
            formatter_class=RawDescriptionHelpFormatter,
            **kwargs,
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["export", "import"], help="Which way.")
        parser.add_argument("file", metavar="FILE", help="A JSON file; - is standard in or out.")

    def handle(self, *_: Any, action: str, file: str, **__: Any) -> None:
        if action == "export":
            self._export(file)
        else:
            self._import(file)

    def _export(self, file: str) -> None:
        rows = [saved_fields(saved) for saved in saved_metrics().order_by("key")]
        text = orjson.dumps(rows, default=str, option=orjson.OPT_INDENT_2).decode() + "\n"
        if file == "-":
            self.stdout.write(text, ending="")
            return
        try:
            Path(file).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}") from error
        self.stdout.write(f"{len(rows)} metrics written to {file}")

    def _import(self, file: str) -> None:
        try:
            rows = orjson.loads(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise CommandError(f"{file} is no JSON: {error}") from error
        if not isinstance(rows, list):
            raise CommandError(f"{file} must hold a JSON list of metrics; see --help")
        try:
            done = saved_metrics_import(rows, actor=None)
        except CopyliftError as refused:
            raise CommandError(f"Nothing was taken in. {refused}") from refused
        self.stdout.write(
            f"{done.created} new, {done.changed} changed, {done.unchanged} as they were"
        )
