"""`manage.py understand`: read the texts, make profiles, find clusters, build segments."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from audience.models import Clustering, Estimator
from audience.selectors import drop_reasons, profiles_due, segments_overview, texts_to_read
from audience.selectors.groups import texts_held
from audience.services import Stage, Understood, audience_understand
from core.arguments import one_or_more
from core.errors import CopyliftError


class Command(BaseCommand):
    help = "Understand the audience: texts to profiles, profiles to clusters, clusters to segments."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--clusters",
            type=int,
            help="how many clusters to find, 2 to 50; chosen by the data if left out",
        )
        parser.add_argument(
            "--estimator",
            choices=Estimator.values,
            help="how to find them: k-means, or HDBSCAN, which leaves some people in none",
        )
        parser.add_argument("--limit", type=one_or_more, help="read at most this many new texts")

    def handle(self, *_: Any, **options: Any) -> None:
        # The command's own stream, so that a caller who redirects it gets the table too.
        console = Console(file=cast(TextIO, self.stdout), no_color=options["no_color"])
        try:
            with _bars(console) as bars:
                done = _understand(bars, options)
        except CopyliftError as error:
            raise CommandError(str(error)) from error
        console.print(_sentence(done), soft_wrap=True)
        console.print(_table())


def _bars(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


def _understand(bars: Progress, options: dict[str, Any]) -> Understood:
    waiting, limit = texts_to_read(), options["limit"]
    texts = bars.add_task(Stage.TEXTS, total=waiting if limit is None else min(limit, waiting))
    profiles = bars.add_task(Stage.PROFILES, total=None)

    def advance(stage: Stage, done: int) -> None:
        if stage is Stage.TEXTS:
            bars.advance(texts, done)
            return
        if bars.tasks[profiles].total is None:
            bars.update(profiles, total=done + profiles_due())
        bars.advance(profiles, done)

    return audience_understand(
        now=timezone.now(),
        count=options["clusters"],
        estimator=options["estimator"],
        limit=limit,
        progress=advance,
    )


def _sentence(done: Understood) -> str:
    dropped = ", ".join(f"{count} {reason}" for reason, count in drop_reasons().items())
    held = texts_held()
    unread = f" {held:,} are kept unread: no consent to profiling." if held else ""
    return (
        f"{done.texts.read:,} texts read, {done.profiles:,} profiles made, "
        f"{_found(done.clustering)}. Dropped so far: {dropped or 'none'}.{unread}"
    )


def _found(clustering: Clustering | None) -> str:
    if clustering is None:
        return "clusters kept"
    quality = f"silhouette {clustering.silhouette:.2f}, stability {clustering.stability:.2f}"
    return f"{clustering} ({quality})"


def _table() -> Table:
    table = Table("segment", "size", "share", "portrait", show_lines=True)
    for segment in segments_overview():
        size = "not built" if segment.size is None else f"{segment.size:,}"
        share = "" if segment.share is None else f"{segment.share:.0%}"
        table.add_row(segment.name, size, share, segment.portrait)
    return table
