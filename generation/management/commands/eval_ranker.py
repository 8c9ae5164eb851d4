"""`manage.py eval_ranker --train DIR --test DIR`: the ranker on headlines it has not seen."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from core.errors import DomainError
from generation.ranking.features import FEATURES
from generation.ranking.fitting import Design, design, fit
from generation.ranking.judging import Report, Verdict, judge
from generation.ranking.scorer import Scorer
from generation.ranking.trials import TrialsRefused
from generation.ranking.upworthy import digest, read_trials
from generation.services.ranking import cache_folder, wording_vectors


class Command(BaseCommand):
    help = (
        "Train the ranker on one folder of randomised headline tests and judge it on another: "
        "pairwise accuracy by significance with intervals by story, two baselines, calibration, "
        "the clicks gained by publishing its top choice untested, and each feature's weight. "
        "Without --test, five-fold cross-validation by story. The shipped weights stay untouched."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--train",
            metavar="DIR",
            type=Path,
            required=True,
            help="folder with upworthy/headline_pairs_same_image.parquet to learn from",
        )
        parser.add_argument(
            "--test",
            metavar="DIR",
            type=Path,
            help="a folder of the same shape to judge on; no story should be in both",
        )
        parser.add_argument("--seed", type=int, default=0, help="of folds and bootstrap")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, train: Path, test: Path | None, seed: int, **options: Any) -> None:
        try:
            known = _design(train)
            judged = _design(test) if test else None
            report = judge(known, judged, seed=seed)
        except (TrialsRefused, DomainError) as error:
            raise CommandError(str(error)) from error
        model = fit(known)
        about = {
            "train": {"folder": str(train), "digest": digest(train)},
            "test": {"folder": str(test), "digest": digest(test)} if test else None,
            "seed": seed,
            "texts_in_both": len(set(known.trials.texts) & set(judged.trials.texts))
            if judged
            else None,
        }
        if options["json"]:
            payload = about | report.to_json() | {"features": _effects(model)}
            self.stdout.write(orjson.dumps(payload, option=orjson.OPT_INDENT_2).decode())
            return
        for line in _lines(report, about, _effects(model)):
            self.stdout.write(line)


def _design(folder: Path) -> Design:
    trials = read_trials(folder)
    return design(trials, wording_vectors(trials.texts, cache=cache_folder()))


def _effects(model: Scorer) -> list[dict[str, Any]]:
    """What one standard deviation more of each feature adds to the log click rate."""
    with_encoder, without = model.weights + model.shared, model.alone
    effects = [
        {
            "name": feature.name,
            "label": feature.label,
            "with_encoder": round(float(one), 5),
            "alone": round(float(other), 5),
        }
        for feature, one, other in zip(FEATURES, with_encoder, without, strict=True)
    ]
    return sorted(effects, key=lambda effect: -abs(effect["with_encoder"]))


def _lines(report: Report, about: dict[str, Any], effects: list[dict[str, Any]]) -> Iterator[str]:
    yield (
        f"{'Judged' if about['test'] else 'Cross-validated by story'} on {report.pairs:,} pairs of "
        f"{report.arms:,} headlines, {report.tests:,} tests, {report.stories:,} stories; "
        f"{report.unfair_arms:,} arms with a faulty split count in judging, not in learning."
    )
    if about["texts_in_both"]:
        yield f"{about['texts_in_both']} headlines are in both folders: figures may flatter."
    yield ""
    yield "Pairwise accuracy [95 % interval, stories resampled] and clicks gained by the top choice"
    for verdict in report.verdicts:
        yield from _verdict_lines(verdict)
    yield ""
    yield "What one standard deviation more of a feature adds to the click rate"
    yield "(with the encoder; features alone)"
    for effect in effects:
        yield f"  {effect['label']:<45} {effect['with_encoder']:+7.2%} {effect['alone']:+7.2%}"


def _verdict_lines(verdict: Verdict) -> Iterator[str]:
    yield f"  {verdict.name}"
    for name, figure in verdict.accuracy.items():
        yield (
            f"    {name:<10} {figure.estimate:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
            f"  se {figure.standard_error:.3f}  n {figure.count:,}"
        )
    gain = verdict.gain
    yield f"    gain       {gain.estimate:+.1%} [{gain.low:+.1%}, {gain.high:+.1%}]"
    if verdict.calibration:
        yield (
            f"    calibration slope {verdict.calibration.slope:.2f} (1 is perfect), "
            f"expected error {verdict.calibration.error:.3f} (0 is perfect)"
        )
