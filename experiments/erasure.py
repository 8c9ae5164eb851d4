"""What experiments hold about units: what they were given, and what they did in the figures."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.models import Exposure
from experiments.services import unit_forget


class ExperimentsHolder:
    name = "experiments"

    def export(self, unit_ids: Sequence[str]) -> dict[str, object]:
        given = Exposure.objects.filter(unit_id__in=unit_ids).select_related("experiment", "arm")
        return {
            "exposures": [
                {
                    "experiment": one.experiment.key,
                    "arm": one.arm.key,
                    "segment": one.stratum,
                    "assigned_at": one.assigned_at.isoformat(),
                }
                for one in given.order_by("assigned_at", "pk")
            ]
        }

    def erase(self, unit_ids: Sequence[str]) -> int:
        """Their part of every sum goes with them, so that figures stay what the rows say."""
        return sum(unit_forget(unit_id) for unit_id in unit_ids)
