"""`manage.py import_products FILE`."""

from __future__ import annotations

from typing import Any

from catalog.loading import PRODUCTS
from core.loading.command import LoadCommand
from core.loading.importers import Importer


class Command(LoadCommand):
    help = "Import products: what the shop sells, and at what price."
    described = PRODUCTS
    example = "manage.py import_products catalogue.parquet --map Department=category"

    def importer(self, options: dict[str, Any]) -> Importer:
        return PRODUCTS
