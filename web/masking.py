"""Contacts as examples: enough to see what kind of people a rule finds, not who they are."""

from __future__ import annotations

from dataclasses import dataclass

from audience.models import Contact

HIDDEN = "…"


@dataclass(frozen=True)
class MaskedContact:
    """`name` is initials, or the beginning of the shop's id; `address` has its host alone."""

    name: str
    address: str


def masked(contact: Contact) -> MaskedContact:
    initials = [f"{name[:1]}." for name in (contact.first_name, contact.last_name) if name]
    host = contact.email.rpartition("@")[2]
    return MaskedContact(
        name=" ".join(initials) or f"{contact.external_id[:2]}{HIDDEN}",
        address=f"{HIDDEN}@{host}" if host else "no address",
    )
