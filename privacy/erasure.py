"""What privacy itself holds about a subject and is erased with them: whose an address was.

Suppressions stay, those of the address among them: they are what keeps an erased person from being
written to again.
"""

from __future__ import annotations

from uuid import UUID

from privacy.models import KnownAddress


class KnownAddressHolder:
    name = "addresses"

    def export(self, subject_id: UUID) -> dict[str, object]:
        known = KnownAddress.objects.filter(subject_id=subject_id)
        return {"addresses": list(known.values("unit_id", "digest"))}

    def erase(self, subject_id: UUID) -> int:
        rows, _ = KnownAddress.objects.filter(subject_id=subject_id).delete()
        return rows
