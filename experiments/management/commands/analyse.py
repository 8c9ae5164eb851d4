"""`manage.py analyse`: a test's report from the company's own tables, or anew from the log."""

from __future__ import annotations

import io
import shutil
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from experiments.models import Experiment
from experiments.report_text import Heading, print_results
from experiments.services import results_recompute
from experiments.warehouse.analysis import analyse
from experiments.warehouse.declaration import read_declaration
from experiments.warehouse.errors import WarehouseError
from experiments.warehouse.sources import open_engine

WIDTH_IN_A_PIPE = 160

HELP = """\
The whole report of an A/B test: the verdict in a sentence, whether the traffic was split as
declared, and for every metric each arm against control: the difference, the lift with its interval,
p adjusted for the other comparisons, the chance to beat control, the same without the cap and
without CUPED, margins of guardrails, and every segment.

With FILE and --warehouse the exposures and events (or a table of one row per unit) are in your own
warehouse. Nothing is copied and nothing is written there: the warehouse does the sums, Copylift the
statistics. With --experiment the test is one of Copylift's own, worked out anew from its whole log,
by the same definition: what the roll-ups can be held against.

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
  role = "goal"                    # goal, secondary or guardrail
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
        parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="The declaration.")
        parser.add_argument(
            "--warehouse",
            metavar="URL",
            help="duckdb:///path/file.db; a folder of Parquet files; pyspark:// or "
            "pyspark:///folder; or an address such as clickhouse://…, bigquery://… or "
            "snowflake://… with its package installed.",
        )
        parser.add_argument(
            "--experiment", metavar="KEY", help="One of Copylift's own, instead of FILE."
        )
        parser.add_argument(
            "--until",
            metavar="MOMENT",
            type=_moment,
            help="Count nothing after it, e.g. 2025-03-13T09:00 (UTC unless it says otherwise); "
            "by default what the file says, else now.",
        )
        parser.add_argument(
            "--json",
            action="store_true",
            help="Print the results as one JSON object, as they are kept of an analysis.",
        )

    def handle(
        self,
        *_: Any,
        file: Path | None,
        warehouse: str | None,
        experiment: str | None,
        until: datetime | None,
        json: bool,
        **__: Any,
    ) -> None:
        if experiment is not None and file is None and warehouse is None:
            results, heading = _of_experiment(experiment, until)
        elif file is not None and warehouse is not None and experiment is None:
            results, heading = _of_warehouse(file, warehouse, until)
        else:
            raise CommandError("give FILE and --warehouse URL, or --experiment KEY alone")
        if json:
            kept = {**results, "name": heading.name, "until": heading.until, "notes": heading.notes}
            self.stdout.write(orjson.dumps(kept, option=orjson.OPT_INDENT_2).decode())
        else:
            is_terminal = self.stdout.isatty()
            self.stdout.write(_as_text(results, heading, is_terminal=is_terminal))


def _of_warehouse(
    file: Path, url: str, until: datetime | None
) -> tuple[Mapping[str, Any], Heading]:
    try:
        declared = read_declaration(file)
        engine = open_engine(url, declared.tables)
        report = analyse(engine, declared, until=until, now=timezone.now())
    except WarehouseError as error:
        raise CommandError(str(error)) from error
    return report.results, Heading(
        name=report.name, until=report.until, metrics=report.metrics, notes=report.notes
    )


def _of_experiment(key: str, until: datetime | None) -> tuple[Mapping[str, Any], Heading]:
    found = Experiment.objects.filter(key=key).first()
    if found is None:
        keys = ", ".join(Experiment.objects.order_by("key").values_list("key", flat=True))
        raise CommandError(f"There is no experiment {key!r}. Experiments: {keys or 'none yet'}")
    anew = results_recompute(found, now=until or timezone.now())
    return anew.results, Heading(name=found.name, until=anew.until, metrics=anew.metrics)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_text(results: Mapping[str, Any], heading: Heading, *, is_terminal: bool) -> str:
    width = shutil.get_terminal_size().columns if is_terminal else WIDTH_IN_A_PIPE
    text = io.StringIO()
    print_results(results, heading, Console(file=text, force_terminal=is_terminal, width=width))
    return text.getvalue()
