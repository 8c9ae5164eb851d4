"""What the import commands share: their arguments, the progress bar and the summary."""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from core.errors import InputRefused
from core.loading.importers import Importer, Repeats
from core.loading.mapping import parse_pairs
from core.loading.readers import FORMATS
from core.loading.rows import Progress, Summary, rows_load


class _ParagraphFormatter(DjangoHelpFormatter):
    """Keeps the table of fields as it is laid out."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:  # noqa: ARG002
        return "\n".join(f"{indent}{line}" for line in text.splitlines())


class LoadCommand(BaseCommand):
    """A command that imports one kind of row."""

    described: ClassVar[Importer]
    example: ClassVar[str] = ""

    @abstractmethod
    def importer(self, options: dict[str, Any]) -> Importer:
        """The importer for these options."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name,
            subcommand,
            formatter_class=_ParagraphFormatter,
            epilog=describe_fields(self.described, self.example),
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=f"The file: {FORMATS}.")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help='Fill FIELD from COLUMN, e.g. --map "Customer No=external_id". Repeat for more. '
            "A column that carries a field's own name needs no --map.",
        )
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="PATH",
            help="Where rows that cannot be used are kept (default: FILE.rejects.jsonl).",
        )
        parser.add_argument(
            "--strict",
            action="store_true",
            help="Stop at the first row that cannot be used, and change nothing.",
        )
        if self.described.gone:
            parser.add_argument(
                "--full",
                action="store_true",
                help=f"The file holds all {self.described.noun}: those it does not name are gone.",
            )
            parser.add_argument(
                "--many-gone",
                action="store_true",
                help="With --full: even if it leaves out more than half of what is there.",
            )
        parser.add_argument("--quiet", action="store_true", help="No progress bar.")

    def handle(self, *_: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with _progress_bar(path, is_quiet=options["quiet"]) as progress:
                summary = rows_load(
                    self.importer(options),
                    path,
                    mapping=parse_pairs(options["map"]),
                    rejects_path=options["rejects"],
                    is_strict=options["strict"],
                    is_full=options.get("full", False),
                    may_lose_most=options.get("many_gone", False),
                    progress=progress,
                )
        except InputRefused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write("\n".join(describe_summary(summary, self.described.noun)))


@contextmanager
def _progress_bar(path: Path, *, is_quiet: bool) -> Iterator[Progress | None]:
    if is_quiet or not sys.stderr.isatty() or not path.is_file():
        yield None
        return
    bar = ProgressBar(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    size = path.stat().st_size
    with bar:
        task = bar.add_task(path.name, total=size)

        def progress(position: int) -> None:
            # The last byte is read before the rows are in place, which takes a moment too.
            doing = f"{path.name}: storing" if position >= size else path.name
            bar.update(task, completed=position, description=doing)

        yield progress


def describe_fields(importer: Importer, example: str) -> str:
    """The importer's fields as a table, and what happens to the rest, for `--help`."""
    width = max(map(len, importer.field_names))
    lines = [f"fields of {importer.noun}:"]
    for field in importer.fields:
        need = "required; " if field.required else ""
        also = f" (also called {', '.join(field.aliases)})" if field.aliases else ""
        lines.append(f"  {field.name:{width}}  {field.description}{also}")
        lines.append(f"  {'':{width}}  {need}{field.kind.wanted}")
    rest = "are ignored" if importer.extras is None else f"go to {importer.extras}"
    again = (
        "A row already stored is changed where the file says something else; an empty cell leaves "
        "what is stored."
        if importer.repeats is Repeats.UPDATE
        else "A row already stored stays as it is."
    )
    lines += ["", f"Columns that no field asks for {rest}.", again]
    lines += ["The same file can be imported again at any time: nothing is stored twice."]
    return "\n".join([*lines, *(["", "example:", f"  {example}"] if example else [])])


def describe_summary(summary: Summary, noun: str) -> list[str]:
    counts = {
        "read": summary.read,
        "inserted": summary.inserted,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "repeated in the file": summary.repeated,
        "rejected": summary.rejected,
    }
    if summary.gone is not None:
        counts["gone"] = summary.gone
    lines = [f"{noun}: " + ", ".join(f"{count:,} {what}" for what, count in counts.items())]
    lines += [f"made: {count:,} in {table}" for table, count in summary.made.items() if count]
    if summary.ignored_columns:
        lines.append(f"ignored columns: {', '.join(summary.ignored_columns)}")
    if summary.rejects_path:
        lines += [f"  {reason}" for reason in summary.reasons]
        lines.append(f"rejected rows and why: {summary.rejects_path}")
    if summary.read and summary.unchanged + summary.repeated == summary.read:
        lines.append("nothing changed: every row was stored already")
    return lines
