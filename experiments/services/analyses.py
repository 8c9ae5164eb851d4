"""Analyses: computed from the log, kept as snapshots."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from experiments import stats
from experiments.models import Analysis, Experiment
from experiments.outcomes import Samples
from experiments.results import Setup, results_for
from experiments.selectors import experiment_plan, metric_specs, samples_by_arm

# Goes into the digest: a change of the formulas makes new snapshots of old inputs.
RESULTS_VERSION = 1


@transaction.atomic
def analysis_refresh(experiment: Experiment, *, now: datetime) -> Analysis:
    """Compute the results up to `now`, or to the experiment's end; equal inputs, the same row."""
    until = min(now, experiment.ended_at) if experiment.ended_at else now
    setup = _setup(experiment, until=until)
    samples = samples_by_arm(experiment, now=until, metrics=setup.metrics)
    digest = _digest(setup, samples)
    known = Analysis.objects.filter(experiment=experiment, inputs_digest=digest).first()
    if known is not None:
        return _made_latest(known)
    results = results_for(setup, samples)
    analysis, _ = Analysis.objects.get_or_create(
        experiment=experiment,
        inputs_digest=digest,
        defaults={
            "results": results,
            "verdict": results["verdict"]["kind"],
            "sentence": results["verdict"]["sentence"],
        },
    )
    return analysis


def _made_latest(known: Analysis) -> Analysis:
    """Inputs can return to what they were, as when a person is erased: that is then the news."""
    newer = Analysis.objects.filter(experiment=known.experiment, created_at__gt=known.created_at)
    if newer.exists():
        Analysis.objects.filter(pk=known.pk).update(created_at=Now())
    return known


def _setup(experiment: Experiment, *, until: datetime) -> Setup:
    ran = (until - experiment.started_at).total_seconds() if experiment.started_at else 0.0
    return Setup(
        arms=experiment_plan(experiment).arms,
        metrics=metric_specs(experiment),
        confidence=experiment.confidence,
        minimums=stats.Minimums(
            units_per_arm=experiment.minimum_units_per_arm,
            days=experiment.minimum_days,
            planned_units=experiment.planned_units,
        ),
        # Whole days, and only up to the minimum: time that changes nothing makes no new snapshot.
        days=min(max(int(ran // 86_400), 0), experiment.minimum_days),
    )


def _digest(setup: Setup, samples: Samples) -> str:
    inputs = {
        "version": RESULTS_VERSION,
        "setup": asdict(setup),
        "units": sorted((*key, units) for key, units in samples.units.items()),
        "outcomes": sorted(
            (*key, *map(str, asdict(outcome).values())) for key, outcome in samples.outcomes.items()
        ),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
