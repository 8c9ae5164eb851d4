"""The contacts a process has decided for lately, so that asking again asks no database.

What is kept is forgotten when somebody says that it changed (`core.broadcasts`), and by itself:
after `DECIDE_CONTACT_SECONDS` for who has an arm already, which never changes, and soon for who has
none, or while announcements are not heard.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from campaigns.selectors.contacts import Given, KnownContact, known_contact, known_contact_by_email
from core import broadcasts
from core.installation import keyed_hash

TOPIC = "contact"
SOON_SECONDS = 5.0

Key = tuple[int, str]


@dataclass(slots=True)
class _Kept:
    contact: KnownContact
    read_at: float


_kept: dict[Key, _Kept] = {}
_aliases: dict[str, tuple[float, str]] = {}
_changed_at: dict[str, float] = {}
_all_changed_at = 0.0
_writing = threading.Lock()


def get(
    contact_id: str,
    *,
    segment_ids: tuple[int, ...],
    snapshot_ids: tuple[int, ...] = (),
    experiment_id: int,
    channel: str,
) -> KnownContact | None:
    """The contact by the shop's id, from memory or read."""

    def read() -> KnownContact | None:
        return known_contact(
            contact_id,
            segment_ids=segment_ids,
            snapshot_ids=snapshot_ids,
            experiment_id=experiment_id,
            channel=channel,
        )

    return _got((experiment_id, contact_id), read)


def get_by_email(
    address: str,
    *,
    segment_ids: tuple[int, ...],
    snapshot_ids: tuple[int, ...] = (),
    experiment_id: int,
    channel: str,
) -> KnownContact | None:
    """The contact by address, of which only the keyed hash stays in memory."""
    alias = keyed_hash("recipient", normal_address(address))
    known_as = _aliases.get(alias)
    about: dict[str, Any] = {
        "segment_ids": segment_ids,
        "snapshot_ids": snapshot_ids,
        "experiment_id": experiment_id,
        "channel": channel,
    }
    if known_as is not None and time.monotonic() - known_as[0] < _longest_seconds():
        return get(known_as[1], **about)
    started = time.monotonic()
    contact = known_contact_by_email(normal_address(address), **about)
    if contact is not None:
        _keep((experiment_id, contact.external_id), contact, read_at=started)
        _keep_alias(alias, contact.external_id, read_at=started)
    return contact


def normal_address(address: str) -> str:
    """An address as it is compared: without space around it and in small letters."""
    return address.strip().lower()


def note_given(contact: KnownContact, *, experiment_id: int, given: Given) -> None:
    """The contact was just given an arm: only that is new, the rest is as old as it was."""
    key = (experiment_id, contact.external_id)
    known = _kept.get(key)
    if known is not None:
        _keep(key, replace(contact, given=given), read_at=known.read_at)


def forget_all() -> None:
    _kept.clear()
    _aliases.clear()


def _got(key: Key, read: Callable[[], KnownContact | None]) -> KnownContact | None:
    kept = _kept.get(key)
    if kept is not None and _is_fresh(kept):
        return kept.contact
    started = time.monotonic()
    contact = read()
    if contact is not None:
        _keep(key, contact, read_at=started)
    return contact


def _is_fresh(kept: _Kept) -> bool:
    longest = _longest_seconds()
    if kept.contact.given is None:
        longest = min(longest, SOON_SECONDS)
    if time.monotonic() - kept.read_at >= longest or kept.read_at <= _all_changed_at:
        return False
    return not _changed_at or kept.read_at > _changed_at.get(kept.contact.subject_id, 0.0)


def _longest_seconds() -> float:
    longest: float = settings.DECIDE_CONTACT_SECONDS
    return longest if longest <= SOON_SECONDS or broadcasts.is_heard() else SOON_SECONDS


def _keep(key: Key, contact: KnownContact, *, read_at: float) -> None:
    if settings.DECIDE_CONTACT_SECONDS <= 0:
        return
    with _writing:
        _kept.pop(key, None)
        while len(_kept) >= settings.DECIDE_CONTACTS_KEPT:
            del _kept[next(iter(_kept))]
        _kept[key] = _Kept(contact, read_at)


def _keep_alias(alias: str, external_id: str, *, read_at: float) -> None:
    with _writing:
        if len(_aliases) >= settings.DECIDE_CONTACTS_KEPT:
            _aliases.clear()
        _aliases[alias] = (read_at, external_id)


def _forget(subject_id: str | None) -> None:
    """Somebody changed (a subject's id), or anybody may have (None)."""
    global _all_changed_at
    now = time.monotonic()
    if subject_id is None or len(_changed_at) >= settings.DECIDE_CONTACTS_KEPT:
        _all_changed_at = now
        _changed_at.clear()
        _aliases.clear()
    else:
        _changed_at[subject_id] = now


broadcasts.on_announcement(TOPIC, _forget)
