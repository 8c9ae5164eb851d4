"""The results of an experiment worked out anew from the log: to hold the roll-ups against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from experiments.health import examine, goal_lifts
from experiments.models import Experiment
from experiments.plans import MetricSpec
from experiments.results import results_for
from experiments.selectors import health_context, metric_specs, setup_of
from experiments.services.looks import look_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """
    Attributes:
        until: The moment the results are of.
        metrics: With their caps as numbers.
        results: The document, as an analysis keeps it.
    """

    until: datetime
    metrics: tuple[MetricSpec, ...]
    results: dict[str, Any]


def results_recompute(experiment: Experiment, *, now: datetime) -> Recomputed:
    """One pass over all exposures and events up to `now`, or to the end; nothing is written.

    It costs what the log holds, and an analysis from the roll-up what is new: this is the check of
    that one, by the definition that runs in a company's warehouse.
    """
    # Ibis takes half a second to import, which only this has to pay.
    from experiments.warehouse.postgres import samples_in_database  # noqa: PLC0415

    until = min(now, experiment.ended_at) if experiment.ended_at else now
    samples, metrics = samples_in_database(experiment, metric_specs(experiment), until=until)
    rule = look_rule(experiment, units=sum(samples.units.values()), now=now, is_kept=False)
    setup = replace(setup_of(experiment, rule=rule, until=until), metrics=metrics)

    def check(found: dict[str, Any]) -> list[dict[str, Any]]:
        context = health_context(experiment, now=until, goals=goal_lifts(found))
        return [finding.to_json() for finding in examine(context)]

    return Recomputed(
        until=until, metrics=metrics, results=results_for(setup, samples, examine=check)
    )
