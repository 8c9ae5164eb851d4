"""Products and offers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from catalog.models import Offer, Product

_numbers = count(1)


def product(**given: Any) -> Product:
    number = next(_numbers)
    return Product.objects.create(
        **{
            "external_id": f"p{number}",
            "title": f"Linen dress {number}",
            "category": "Dresses",
            "price": Decimal("79.00"),
            "currency": "EUR",
            **given,
        }
    )


def offer(**given: Any) -> Offer:
    number = next(_numbers)
    return Offer.objects.create(
        **{
            "name": f"Spring {number}",
            "text": "15% off dresses",
            "code": "SPRING15",
            "url": "https://shop.example/dresses",
            "starts_at": datetime(2026, 3, 1, tzinfo=UTC),
            **given,
        }
    )
