"""Who a subject is: the audience is where subjects have ids and addresses."""

from __future__ import annotations

from uuid import UUID

from django.db.models.functions import Lower

from audience.models import Contact
from events.models import UnitAlias


class ContactDirectory:
    def subject_of(self, unit_id: str) -> UUID | None:
        known_as = UnitAlias.objects.filter(alias=unit_id).values_list("unit_id", flat=True).first()
        contact = Contact.objects.filter(external_id=known_as or unit_id).first()
        return contact.subject_id if contact else None

    def subjects_at(self, address: str) -> list[UUID]:
        wanted = address.strip().lower()
        contacts = Contact.objects.alias(plain=Lower("email")).filter(plain=wanted)
        return list(contacts.exclude(email="").order_by("pk").values_list("subject_id", flat=True))

    def addresses_of(self, subject_id: UUID) -> list[str]:
        contacts = Contact.objects.filter(subject_id=subject_id).exclude(email="")
        return list(contacts.values_list("email", flat=True))

    def units_of(self, subject_id: UUID) -> list[str]:
        """The shop's id, and the browsers and addresses it was told to be."""
        contact = Contact.objects.filter(subject_id=subject_id).first()
        if contact is None:
            return []
        aliases = UnitAlias.objects.filter(unit_id=contact.external_id).order_by("alias")
        return [contact.external_id, *aliases.values_list("alias", flat=True)]
