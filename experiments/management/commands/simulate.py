"""`manage.py simulate`: a planned test, tried out thousands of times on the company's history."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from experiments.models import Experiment
from experiments.plans import MetricSpec
from experiments.selectors import commonest_events, experiment_plan, metric_specs, unit_history
from experiments.simulation import Design, Effect, History, Trial, read_history, repeat
from experiments.simulation.design import Rule
from experiments.stats import ArgumentImpossible

KINDS = {
    "conversion": "Share of units with {}",
    "count": "Number of {} per unit",
    "sum": "Sum of the values of {} per unit",
}
LOOKS_OF_A_WATCHED_TEST = 10
NO_SOURCE = (
    "say where the history comes from, by one of: --experiment KEY; --event NAME --kind "
    "conversion|count|sum; --csv FILE --column NAME"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A history with what the experiment it is for says of the design."""

    metric: str
    history: History
    weights: tuple[float, ...] | None = None
    units: int | None = None
    confidence: float = 0.95


class Command(BaseCommand):
    help = (
        "Try a test out before it is run: draw units of the past again, thousands of times, and "
        "count how often the test finds something where nothing is (A/A), and how often it finds "
        "an effect that is there (power). The history is the event log's, or a CSV file's."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        source = parser.add_argument_group("the history")
        source.add_argument(
            "--experiment", metavar="KEY", help="its metric, arms and planned units"
        )
        source.add_argument("--metric", metavar="KEY", help="of --experiment; else its goal")
        source.add_argument("--event", metavar="NAME", help="an event of the log")
        source.add_argument(
            "--kind", choices=list(KINDS), help="what is made of --event for a unit"
        )
        source.add_argument("--days", type=int, default=28, help="length of the past period")
        source.add_argument("--csv", type=Path, metavar="FILE", help="one row for each unit")
        source.add_argument("--column", metavar="NAME", help="of --csv: the value")
        source.add_argument("--denominator", metavar="NAME", help="of --csv: makes it a ratio")
        source.add_argument(
            "--covariate", metavar="NAME", action="append", default=[], help="of --csv, for --cuped"
        )
        _add_design(parser)
        parser.add_argument("--json", action="store_true", help="one JSON object instead of text")

    def handle(self, *_: Any, **options: Any) -> None:
        source = _source(options)
        try:
            design = _design(source, options)
            trial = _trial(source, design, options)
        except ArgumentImpossible as error:
            raise CommandError(f"{error}; see --units, --arms, --times and --effect") from error
        if options["json"]:
            document = orjson.dumps(trial.document(), option=orjson.OPT_INDENT_2)
            self.stdout.write(document.decode())
            return
        for line in trial.lines():
            self.stdout.write(line)


def _add_design(parser: ArgumentParser) -> None:
    design = parser.add_argument_group("the test")
    design.add_argument("--units", type=int, help="of all arms together; else as many as planned")
    design.add_argument("--arms", type=int, help="equal shares of the units; else 2")
    design.add_argument("--effect", default="0", help="5%% of the baseline, or 0.5 of its own unit")
    design.add_argument(
        "--looks", choices=["fixed", "anytime", "group-sequential"], default="fixed",
        help="the rule by which a look decides",
    )  # fmt: skip
    design.add_argument("--times", type=int, help="how often one looks; else once, or 10 times")
    design.add_argument("--cuped", action="store_true", help="adjust for the period before")
    design.add_argument("--repetitions", type=int, default=10_000)
    design.add_argument("--seed", type=int, default=1, help="the same seed gives the same figures")


def _source(options: dict[str, Any]) -> Source:
    chosen = [name for name in ("experiment", "event", "csv") if options[name]]
    if len(chosen) != 1:
        raise CommandError(NO_SOURCE)
    if options["days"] < 1:
        raise CommandError("--days must be 1 or more")
    return {"experiment": _of_experiment, "event": _of_event, "csv": _of_file}[chosen[0]](options)


def _of_file(options: dict[str, Any]) -> Source:
    path: Path = options["csv"]
    if not options["column"]:
        raise CommandError("--csv needs --column NAME: which column is a unit's value")
    try:
        history = read_history(
            path,
            column=options["column"],
            denominator=options["denominator"],
            covariates=options["covariate"],
        )
    except (OSError, UnicodeDecodeError, ArgumentImpossible) as error:
        raise CommandError(f"--csv {path.name}: {error}") from error
    return Source(metric=f"{options['column']} of {path.name}", history=history)


def _of_event(options: dict[str, Any]) -> Source:
    if not options["kind"]:
        raise CommandError(f"--event needs --kind {'|'.join(KINDS)}: what is made of it for a unit")
    return _from_log(options["event"], options["kind"], options)


def _of_experiment(options: dict[str, Any]) -> Source:
    experiment = Experiment.objects.filter(key=options["experiment"]).first()
    if experiment is None:
        known = ", ".join(Experiment.objects.values_list("key", flat=True)[:5]) or "none yet"
        raise CommandError(f"--experiment: there is no {options['experiment']!r}; known: {known}")
    metric = _metric(experiment, options["metric"])
    plan = experiment_plan(experiment)
    arms = sorted(plan.arms, key=lambda arm: not arm.is_control)
    return replace(
        _from_log(metric.event_name, metric.kind, options),
        weights=tuple(arm.weight for arm in arms if arm.weight > 0),
        units=experiment.planned_units,
        confidence=experiment.confidence,
    )


def _metric(experiment: Experiment, key: str | None) -> MetricSpec:
    specs = metric_specs(experiment)
    for spec in specs:
        if spec.key == key or (key is None and spec.role == "goal"):
            if spec.kind not in KINDS:
                raise CommandError(
                    f"--experiment: a {spec.kind} metric cannot be tried out from the log; "
                    "export its units and use --csv (with --denominator for a ratio)"
                )
            return spec
    known = ", ".join(spec.key for spec in specs) or "none"
    raise CommandError(f"--metric: {experiment.key} has no such metric; it has: {known}")


def _from_log(event: str, kind: str, options: dict[str, Any]) -> Source:
    now, days = timezone.now(), options["days"]
    found = unit_history(event, kind, days=days, now=now)
    if not found.values.any():
        known = ", ".join(commonest_events(days=days, now=now)) or "nothing at all"
        raise CommandError(
            f"nobody did {event!r} with a value in the past {days} days, so there is no history; "
            f"give a longer --days, or another --event. The log has: {known}"
        )
    return Source(
        metric=KINDS[kind].format(event),
        history=History(values=found.values, covariates=(found.before,)),
    )


def _design(source: Source, options: dict[str, Any]) -> Design:
    arms = options["arms"]
    if arms is not None and arms < 2:
        raise CommandError("--arms must be 2 or more: a test has a control and a treatment")
    weights = (
        source.weights if arms is None and source.weights else (1 / (arms or 2),) * (arms or 2)
    )
    rule: Rule = options["looks"]
    times = options["times"] or (1 if rule == "fixed" else LOOKS_OF_A_WATCHED_TEST)
    is_ratio = source.history.denominators is not None
    return Design(
        units=options["units"] or source.units or len(source.history.values),
        weights=weights,
        kind="ratio" if is_ratio else "proportion" if source.history.is_binary else "mean",
        effect=_effect(options["effect"]),
        rule=rule,
        looks=times,
        uses_covariates=options["cuped"],
        confidence=source.confidence,
    )


def _effect(text: str) -> Effect:
    is_relative = text.endswith("%")
    try:
        size = float(text.removesuffix("%"))
    except ValueError:
        raise CommandError(f"--effect {text!r}: write 5% or a number such as 0.5") from None
    return Effect(size=size / 100 if is_relative else size, is_relative=is_relative)


def _trial(source: Source, design: Design, options: dict[str, Any]) -> Trial:
    """The same seed for both, so that they differ by the effect alone."""
    studies = [
        repeat(
            source.history,
            replace(design, effect=effect),
            repetitions=options["repetitions"],
            rng=np.random.default_rng(options["seed"]),
        )
        for effect in (Effect(), design.effect)[: 2 if design.effect.size else 1]
    ]
    return Trial(
        metric=source.metric,
        history=source.history,
        design=design,
        aa=studies[0],
        power=studies[1] if len(studies) > 1 else None,
    )
