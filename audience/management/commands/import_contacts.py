"""`manage.py import_contacts FILE`."""

from __future__ import annotations

from typing import Any

from audience.loading import CONTACTS
from core.loading.command import LoadCommand
from core.loading.importers import Importer


class Command(LoadCommand):
    help = "Import contacts, the people campaigns write to."
    described = CONTACTS
    example = 'manage.py import_contacts customers.csv --map "Customer No=external_id"'

    def importer(self, options: dict[str, Any]) -> Importer:
        return CONTACTS
