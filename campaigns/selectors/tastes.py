"""What people wrote, from their profiles: what recommendations go by beside the event log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from audience.models import Profile
from catalog.tastes import Taste

# Who agreed to no profiling has no profile; a profile of orders alone has no vector.
_WROTE = Profile.objects.filter(vector__isnull=False)


class WrittenTastes:
    """Registered with the catalog."""

    def of(self, unit_ids: Collection[str]) -> Mapping[str, Taste]:
        found = _WROTE.filter(contact__external_id__in=unit_ids).values_list(
            "contact__external_id", "vector", "interests"
        )
        return {
            unit_id: Taste(
                np.asarray(vector, dtype=np.float32),
                {one["phrase"]: one.get("category", "") for one in interests},
            )
            for unit_id, vector, interests in found
        }

    def units(self) -> Iterator[str]:
        wrote = _WROTE.order_by("contact_id").values_list("contact__external_id", flat=True)
        return wrote.iterator()
