"""`manage.py train_copywriter`: trains the house copywriter and saves its folder."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from inference.copywriter import WEIGHTS


class Command(BaseCommand):
    help = "Train the house copywriter from the phrase inventory (minutes on two cores)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--minutes", type=float, default=14.0, help="how long to train")
        parser.add_argument("--steps", type=int, default=0, help="exact steps, for the same again")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--texts", type=int, default=30_000, help="size of the corpus")
        parser.add_argument("--threads", type=int, default=1, help="of torch")
        parser.add_argument("--out", type=Path, default=WEIGHTS, metavar="DIR")

    def handle(self, *_: Any, **options: Any) -> None:
        from inference.backends.copywriter_training import Recipe, train  # noqa: PLC0415 (torch)

        names = ("minutes", "steps", "seed", "texts", "threads")
        recipe = Recipe(**{name: options[name] for name in names})
        train(recipe, options["out"], lambda line: self.stdout.write(line, ending="\n"))
