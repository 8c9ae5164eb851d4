from __future__ import annotations

from experiments.models import Analysis, Experiment


def latest_analysis(experiment: Experiment) -> Analysis | None:
    return experiment.analyses.order_by("-created_at", "-pk").first()
