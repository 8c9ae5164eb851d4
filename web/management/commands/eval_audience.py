"""`manage.py eval_audience --train DIR --test DIR`: how good profiles, offers and picks are."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

import catalog.evaluation
from audience.evaluation import clusters
from audience.evaluation.sections import Encode, audience_sections, keeping
from core.errors import CopyliftError
from core.evaluation import Section, table
from experiments.uplift import evaluation as uplift
from inference.encoders import text_encoder

Part = Callable[[Path, Path | None], Iterator[Section]]


def _encode() -> Encode:
    """Parts share what was encoded once, in this run or an earlier one."""
    return keeping(text_encoder(), Path(settings.BASE_DIR) / "var" / "audience")


def _audience(train: Path, test: Path | None) -> Iterator[Section]:
    yield from audience_sections(train, test, encode=_encode(), encoder=text_encoder())


def _clusters(train: Path, test: Path | None) -> Iterator[Section]:
    yield from clusters.sections(train, test, encode=_encode())


# A part reads its own folders below DIR, and says in one sentence where one is missing.
PARTS: Mapping[str, Part] = {
    "audience": _audience,
    "clusters": _clusters,
    "catalog": catalog.evaluation.sections,
    "uplift": uplift.sections,
}


class Command(BaseCommand):
    help = (
        "Measure sentiment, intents, clusters, next items and uplift on real data: "
        "folders shaped like shared/data. A set that --test lacks is cross-validated on --train."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--train", metavar="DIR", type=Path, required=True, help="folder to learn from"
        )
        parser.add_argument(
            "--test", metavar="DIR", type=Path, help="folder of the same shape to judge on"
        )
        parser.add_argument(
            "--only", metavar="PART", choices=sorted(PARTS), help="one part instead of all"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object a line")

    def handle(self, *_: Any, train: Path, test: Path | None, **options: Any) -> None:
        for option, folder in (("--train", train), ("--test", test)):
            if folder and not folder.is_dir():
                raise CommandError(f"{option} {folder} is no folder: name one like shared/data")
        for name, part in PARTS.items():
            if options["only"] in (None, name):
                self._print(part(train, test), as_json=options["json"])

    def _print(self, sections: Iterator[Section], *, as_json: bool) -> None:
        try:
            for section in sections:
                text = orjson.dumps(asdict(section)).decode() if as_json else table(section) + "\n"
                self.stdout.write(text)
        except CopyliftError as error:
            raise CommandError(str(error)) from error
