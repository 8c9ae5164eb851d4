"""What the catalog says of the products in answers at the moment somebody reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from assistant.models import Message
from catalog.models import Product
from catalog.selectors import price_of

CATALOG = "catalog"
Card = dict[str, Any]


def cards_for(messages: Iterable[Message], *, now: datetime) -> dict[str, Card]:
    """A card for each product that the answers name as a source, by its external id."""
    named = {
        str(source["product"])
        for message in messages
        for source in message.sources
        if source.get("kind") == CATALOG and source.get("product")
    }
    if not named:
        return {}
    found = Product.objects.filter(external_id__in=named)
    return {product.external_id: _card(product, now) for product in found}


def with_cards(sources: Iterable[Card], cards: Mapping[str, Card]) -> list[Card]:
    """Sources, each product's with its card; a product that is gone has none."""
    return [
        {**source, "card": cards[key]} if (key := str(source.get("product"))) in cards else source
        for source in sources
    ]


def _card(product: Product, now: datetime) -> Card:
    price = price_of(product, now)
    return {
        "title": product.title,
        "price": str(price.amount) if price else None,
        "regular_price": str(price.regular) if price else None,
        "currency": product.currency,
        "in_stock": product.in_stock,
        "url": product.url,
        "image": product.image_url,
    }
