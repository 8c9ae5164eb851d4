"""Who holds personal data, and who acts on what people agree to: every app registers itself in
`AppConfig.ready()`, so that privacy imports none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol
from uuid import UUID


class DataHolder(Protocol):
    """One app's personal data about a subject."""

    name: str

    def export(self, subject_id: UUID) -> dict[str, object]:
        """Everything held about the subject, as plain JSON values."""

    def erase(self, subject_id: UUID) -> int:
        """Destroy it; the number of rows that went."""


# Told of the subjects that said something to a purpose, in the transaction that keeps it.
ConsentListener = Callable[[Collection[UUID], str], None]

_holders: dict[str, DataHolder] = {}
_consent_listeners: list[ConsentListener] = []


def register(holder: DataHolder) -> None:
    if holder.name in _holders:
        raise ValueError(f"data holder {holder.name!r} is registered twice")
    _holders[holder.name] = holder


def holders() -> list[DataHolder]:
    """Every registered holder, in name order."""
    return [_holders[name] for name in sorted(_holders)]


def hear_consents(listener: ConsentListener) -> None:
    if listener in _consent_listeners:
        raise ValueError(f"consent listener {listener!r} is registered twice")
    _consent_listeners.append(listener)


def tell_of_consents(subject_ids: Collection[UUID], purpose: str) -> None:
    for listener in _consent_listeners:
        listener(subject_ids, purpose)
