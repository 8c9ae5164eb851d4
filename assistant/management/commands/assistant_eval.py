"""`manage.py assistant_eval`: how well questions find their answers."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assistant.finding.judging import Quality
from assistant.models import KnowledgeBase
from assistant.services.evaluating import base_evaluate
from assistant.services.intent_trials import clinc_section
from assistant.services.trials import stackfaq_sections
from core.errors import CopyliftError
from core.evaluation import Figure, Section, table


class Command(BaseCommand):
    help = (
        "Judge a knowledge base by the questions written for it, and keep the figures as a point "
        "of its trend; or, with --data, run a public question set through the same finding."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--base", metavar="KEY", help="a knowledge base with questions")
        what.add_argument(
            "--data", metavar="DIR", type=Path, help="a folder with stackfaq/ and clinc150/"
        )
        parser.add_argument(
            "--tune", action="store_true", help="set the base's weight of words by its questions"
        )

    def handle(self, *_: Any, base: str | None, data: Path | None, **options: Any) -> None:
        now = timezone.now()
        try:
            if data is not None:
                for section in stackfaq_sections(data, now=now):
                    self.stdout.write(table(section))
                if intents := clinc_section(data):
                    self.stdout.write(table(intents))
                return
            found = KnowledgeBase.objects.filter(key=base).first()
            if found is None:
                known = ", ".join(KnowledgeBase.objects.values_list("key", flat=True)) or "none"
                raise CommandError(
                    f"--base {base}: there is no such knowledge base; there is {known}"
                )
            run = base_evaluate(found, now=now, tune=options["tune"])
        except CopyliftError as error:
            raise CommandError(str(error)) from error
        figures = [_figure(way, Quality(**one)) for way, one in run.figures.items()]
        how = f"{run.question_count} questions, words weighing {found.lexical_weight:g}."
        self.stdout.write(table(Section(f"Finding in “{found}”", how, figures)))


def _figure(way: str, one: Quality) -> Figure:
    note = f"hit@1 {one.hit_rate:.3f}, in five {one.found_in_five:.3f}"
    return Figure(f"MAP, {way}", one.mean_average_precision, note=note)
