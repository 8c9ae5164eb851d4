"""What a contact was given before."""

from __future__ import annotations

from experiments.models import Exposure


def assigned_before(experiment_id: int, unit_id: str) -> Exposure | None:
    """The unit's exposure, if it has one; writes nothing."""
    return Exposure.objects.filter(experiment_id=experiment_id, unit_id=unit_id).first()
