"""Analyses: computed from the roll-up, kept as snapshots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from core.webhooks.services import webhook_publish
from experiments.models import Analysis, Experiment, Metric
from experiments.outcomes import Samples
from experiments.results import Setup, results_for
from experiments.selectors import samples_by_arm, setup_of
from experiments.services.health import findings_refresh
from experiments.services.looks import look_rule
from experiments.services.rollups import roll_up_refresh

# Goes into the digest: a change of the formulas makes new snapshots of old inputs.
RESULTS_VERSION = 2


@transaction.atomic
def analysis_refresh(experiment: Experiment, *, now: datetime) -> Analysis:
    """Compute the results up to `now`, or to the experiment's end; equal inputs, the same row."""
    # The roll-up's row is locked from here on: one analysis at a time, and its looks in order.
    roll_up = roll_up_refresh(experiment, now=now)
    until = min(now, experiment.ended_at) if experiment.ended_at else now
    samples = samples_by_arm(experiment, now=until)
    rule = look_rule(experiment, units=_counted(experiment, samples), now=now)
    setup = setup_of(experiment, rule=rule, until=until)
    results = results_for(
        setup,
        samples,
        examine=lambda found: findings_refresh(experiment, roll_up, found, now=until),
    )
    digest = _digest(setup, samples, results["health"])
    known = Analysis.objects.filter(experiment=experiment, inputs_digest=digest).first()
    if known is not None:
        return _made_latest(known)
    before = Analysis.objects.filter(experiment=experiment).order_by("-created_at").first()
    analysis = Analysis.objects.create(
        experiment=experiment,
        inputs_digest=digest,
        results=results,
        verdict=results["verdict"]["kind"],
        sentence=results["verdict"]["sentence"],
    )
    if before is None or before.verdict != analysis.verdict:
        _tell(experiment, analysis, now=now)
    return analysis


def _tell(experiment: Experiment, analysis: Analysis, *, now: datetime) -> None:
    webhook_publish(
        "experiment.verdict_reached",
        {
            "experiment": experiment.key,
            "name": experiment.name,
            "verdict": analysis.verdict,
            "sentence": analysis.sentence,
            "arm": analysis.results["verdict"].get("arm"),
        },
        now=now,
    )


def _counted(experiment: Experiment, samples: Samples) -> int:
    """Units the first goal is judged by: looks are planned by these."""
    goals = experiment.metrics.filter(role=Metric.Role.GOAL).order_by("position", "pk")
    key = goals.values_list("key", flat=True).first()
    return sum(samples.units_for(key or "").values())


def _made_latest(known: Analysis) -> Analysis:
    """Inputs can return to what they were, as when a person is erased: that is then the news."""
    newer = Analysis.objects.filter(experiment=known.experiment, created_at__gt=known.created_at)
    if newer.exists():
        Analysis.objects.filter(pk=known.pk).update(created_at=Now())
    return known


def _digest(setup: Setup, samples: Samples, health: Sequence[dict[str, Any]]) -> str:
    """Of everything a result rests on; the pace and a finding's figures alone are no news."""
    inputs = {
        "version": RESULTS_VERSION,
        "setup": asdict(replace(setup, units_per_day=None)),
        "health": [(finding["check"], finding["severity"]) for finding in health],
        "samples": [
            sorted((repr(key), repr(value)) for key, value in kept.items())
            for kept in (
                samples.units,
                samples.mature,
                samples.outcomes,
                samples.uncapped,
                samples.periods,
                samples.ranked,
            )
        ],
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()
