"""Who holds personal data, and who acts on what people agree to: every app registers itself in
`AppConfig.ready()`, so that privacy imports none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol
from uuid import UUID


class DataHolder(Protocol):
    """One app's personal data about a subject."""

    name: str

    def export(self, subject_id: UUID) -> dict[str, object]:
        """Everything held about the subject, as plain JSON values."""

    def erase(self, subject_id: UUID) -> int:
        """Destroy it; the number of rows that went."""


class UnitDataHolder(Protocol):
    """One app's personal data about what it knows as units only, by the shop's own ids."""

    name: str

    def export(self, unit_ids: Sequence[str]) -> dict[str, object]:
        """Everything held about the units, as plain JSON values."""

    def erase(self, unit_ids: Sequence[str]) -> int:
        """Destroy it; the number of rows that went."""


class Directory(Protocol):
    """Who a subject is: kept by the one app that knows people."""

    def subject_of(self, unit_id: str) -> UUID | None:
        """The subject that the shop knows by this id."""

    def subjects_at(self, address: str) -> list[UUID]:
        """Everybody with this e-mail address."""

    def addresses_of(self, subject_id: UUID) -> list[str]:
        """Where the subject is written to."""

    def units_of(self, subject_id: UUID) -> list[str]:
        """Every id the shop has known the subject by."""


# Told of the subjects that said something to a purpose, in the transaction that keeps it.
ConsentListener = Callable[[Collection[UUID], str], None]

_holders: dict[str, DataHolder] = {}
_unit_holders: dict[str, UnitDataHolder] = {}
_directories: list[Directory] = []
_consent_listeners: list[ConsentListener] = []


def register(holder: DataHolder) -> None:
    if holder.name in _holders:
        raise ValueError(f"data holder {holder.name!r} is registered twice")
    _holders[holder.name] = holder


def holders() -> list[DataHolder]:
    """Every registered holder, in name order."""
    return [_holders[name] for name in sorted(_holders)]


def register_units(holder: UnitDataHolder) -> None:
    if holder.name in _unit_holders:
        raise ValueError(f"data holder {holder.name!r} is registered twice")
    _unit_holders[holder.name] = holder


def unit_holders() -> list[UnitDataHolder]:
    """Every registered holder of units' data, in name order."""
    return [_unit_holders[name] for name in sorted(_unit_holders)]


def register_directory(directory: Directory) -> None:
    if _directories:
        raise ValueError("a directory of subjects is registered already")
    _directories.append(directory)


def directory() -> Directory:
    return _directories[0]


def hear_consents(listener: ConsentListener) -> None:
    if listener in _consent_listeners:
        raise ValueError(f"consent listener {listener!r} is registered twice")
    _consent_listeners.append(listener)


def tell_of_consents(subject_ids: Collection[UUID], purpose: str) -> None:
    for listener in _consent_listeners:
        listener(subject_ids, purpose)
