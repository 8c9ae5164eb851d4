"""`manage.py analyse FILE --warehouse URL`: a test's figures from the company's own tables."""

from __future__ import annotations

import io
import shutil
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from experiments.warehouse.declaration import read_declaration
from experiments.warehouse.errors import WarehouseError
from experiments.warehouse.findings import Findings, analyse
from experiments.warehouse.findings_text import print_findings
from experiments.warehouse.sources import open_engine

WIDTH_IN_A_PIPE = 140

HELP = """\
Analyse an A/B test whose exposures and events (or whose table of one row per unit) are in your own
warehouse. Nothing is copied and nothing is written there: the warehouse does the sums, Copylift
the statistics. For every metric it prints each arm against control: the figures, the difference,
the lift with its interval, p, and the same capped and adjusted (CUPED) where the file asks for it;
and whether the traffic was split as declared.

FILE is a declaration in TOML or JSON:

  [exposures]                      # who got which arm, when
  table = "exposures"              # columns: unit_id, arm, assigned_at, stratum (optional);
  unit_id = "customer_id"          # name those that are called otherwise

  [events]                         # who did what, when
  table = "events"                 # columns: unit_id, name, occurred_at, value (optional)
  value = "revenue"

  [[arms]]
  key = "control"
  is_control = true
  weight = 0.5
  [[arms]]
  key = "urgency"
  weight = 0.5

  [[metrics]]
  key = "revenue"
  kind = "sum"                     # conversion, retention, count, sum, ratio or quantile
  event_name = "Order Completed"
  window_hours = 168
  covariate_days = 28              # CUPED with the four weeks before

docs/how-to/analyse-your-warehouse.md has every key.
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="The declaration.")
        parser.add_argument(
            "--warehouse",
            metavar="URL",
            required=True,
            help="duckdb:///path/file.db; a folder of Parquet files; pyspark:// or "
            "pyspark:///folder; or an address such as clickhouse://…, bigquery://… or "
            "snowflake://… with its package installed.",
        )
        parser.add_argument(
            "--until",
            metavar="MOMENT",
            type=_moment,
            help="Count nothing after it, e.g. 2025-03-13T09:00 (UTC unless it says otherwise); "
            "by default what the file says, else everything.",
        )
        parser.add_argument(
            "--json", action="store_true", help="Print one JSON object instead of tables."
        )

    def handle(
        self, *_: Any, file: Path, warehouse: str, until: datetime | None, json: bool, **__: Any
    ) -> None:
        try:
            declared = read_declaration(file)
            findings = analyse(open_engine(warehouse, declared.tables), declared, until=until)
        except WarehouseError as error:
            raise CommandError(str(error)) from error
        if json:
            self.stdout.write(
                orjson.dumps(findings, default=str, option=orjson.OPT_INDENT_2).decode()
            )
        else:
            self.stdout.write(_as_text(findings, is_terminal=self.stdout.isatty()))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_text(findings: Findings, *, is_terminal: bool) -> str:
    width = shutil.get_terminal_size().columns if is_terminal else WIDTH_IN_A_PIPE
    text = io.StringIO()
    print_findings(findings, Console(file=text, force_terminal=is_terminal, width=width))
    return text.getvalue()
