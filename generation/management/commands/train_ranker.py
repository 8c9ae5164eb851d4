"""`manage.py train_ranker --data DIR`: the ranker's weights from randomised headline tests."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import DomainError
from generation.ranking.fitting import design, train
from generation.ranking.judging import judge
from generation.ranking.scorer import WEIGHTS
from generation.ranking.trials import TrialsRefused
from generation.ranking.upworthy import digest, read_trials
from generation.services.ranking import ENCODER, LAYER, cache_folder, wording_vectors


class Command(BaseCommand):
    help = (
        "Learn the ranker's weights from randomised headline tests and write them, with where "
        "they come from and how good they are on unseen stories. No row of the data is kept."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data",
            metavar="DIR",
            type=Path,
            required=True,
            help="folder with upworthy/headline_pairs_same_image.parquet",
        )
        parser.add_argument(
            "--out",
            metavar="FILE",
            type=Path,
            default=WEIGHTS,
            help="where to write the weights (default: the shipped ones)",
        )

    def handle(self, *_: Any, data: Path, out: Path, **__: Any) -> None:
        try:
            trials = read_trials(data)
            known = design(trials, wording_vectors(trials.texts, cache=cache_folder()))
            report = judge(known, None)
        except (TrialsRefused, DomainError) as error:
            raise CommandError(str(error)) from error
        ranker, alone = report.verdicts[:2]
        model = train(
            known,
            provenance={
                "command": "manage.py train_ranker",
                "digest": digest(data),
                "source": "Upworthy Research Archive, CC BY 4.0",
                "encoder": ENCODER,
                "layer": LAYER,
                "arms": report.arms - report.unfair_arms,
                "quality": {
                    verdict.name: {
                        name: round(figure.estimate, 4)
                        for name, figure in (*verdict.accuracy.items(), ("gain", verdict.gain))
                    }
                    for verdict in (ranker, alone)
                },
            },
        )
        model.save(out)
        self.stdout.write(
            f"Wrote {out} ({out.stat().st_size:,} bytes) from {report.arms:,} arms of "
            f"{report.stories:,} stories. Cross-validated by story: "
            + ", ".join(f"{name} {f.estimate:.3f}" for name, f in ranker.accuracy.items())
            + f"; gain {ranker.gain.estimate:+.1%}."
        )
