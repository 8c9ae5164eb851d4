"""What the catalog holds about units: what would be shown to them."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.models import Recommendation


class CatalogHolder:
    name = "catalog"

    def export(self, unit_ids: Sequence[str]) -> dict[str, object]:
        made = Recommendation.objects.filter(unit_id__in=unit_ids)
        return {"recommendations": list(made.values_list("items", flat=True))}

    def erase(self, unit_ids: Sequence[str]) -> int:
        return Recommendation.objects.filter(unit_id__in=unit_ids).delete()[0]
