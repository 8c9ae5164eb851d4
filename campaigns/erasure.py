"""What campaigns hold about units: the answers kept for their deliveries."""

from __future__ import annotations

from collections.abc import Sequence

from campaigns.deliveries import forget_contact


class CampaignsHolder:
    name = "campaigns"

    def export(self, unit_ids: Sequence[str]) -> dict[str, object]:  # noqa: ARG002 (the contract's)
        """Nothing that is not in their contact, their exposures and the copy everybody gets."""
        return {}

    def erase(self, unit_ids: Sequence[str]) -> int:
        return sum(forget_contact(unit_id) for unit_id in unit_ids)
