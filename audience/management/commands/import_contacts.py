"""`manage.py import_contacts FILE`."""

from __future__ import annotations

from typing import Any

from audience.consent_command import ConsentLoadCommand
from audience.loading import CONTACTS
from core.loading.importers import Importer


class Command(ConsentLoadCommand):
    help = "Import contacts, the people campaigns write to."
    described = CONTACTS
    person = "external_id"
    example = 'manage.py import_contacts customers.csv --map "Customer No=external_id"'

    def importer(self, options: dict[str, Any]) -> Importer:
        return CONTACTS
