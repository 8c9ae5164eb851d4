"""Who holds personal data: every app registers its holder in `AppConfig.ready()`, so that privacy
imports none.
"""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class DataHolder(Protocol):
    """One app's personal data about a subject."""

    name: str

    def export(self, subject_id: UUID) -> dict[str, object]:
        """Everything held about the subject, as plain JSON values."""

    def erase(self, subject_id: UUID) -> int:
        """Destroy it; the number of rows that went."""


_holders: dict[str, DataHolder] = {}


def register(holder: DataHolder) -> None:
    if holder.name in _holders:
        raise ValueError(f"data holder {holder.name!r} is registered twice")
    _holders[holder.name] = holder


def holders() -> list[DataHolder]:
    """Every registered holder, in name order."""
    return [_holders[name] for name in sorted(_holders)]
