"""`manage.py export_edits`: what people changed in copy, as pairs to learn from."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from django.core.management.base import BaseCommand

from campaigns.selectors.edits import edit_pairs

STANDARD_OUT = "-"


class Command(BaseCommand):
    help = (
        "Write every edit of copy as a line of JSON: the text before and after, who changed it and "
        "when, and the brief it was written for. Oldest first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="Where to write; - is standard out.")

    def handle(self, *_: Any, file: str, **__: Any) -> None:
        count = 0
        with _opened(file) as lines:
            for count, pair in enumerate(edit_pairs(), start=1):  # noqa: B007 (counted below)
                lines.write(orjson.dumps(pair, option=orjson.OPT_APPEND_NEWLINE))
        if file != STANDARD_OUT:
            self.stdout.write(f"{count} edits written to {file}")


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    if file == STANDARD_OUT:
        return nullcontext(sys.stdout.buffer)
    return Path(file).open("wb")
