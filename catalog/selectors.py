"""Reads of the catalog: what a thing costs now, and which offers hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F, Q, QuerySet
from pgvector.django import CosineDistance

from catalog.models import Offer, Product
from core.money import money

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Price:
    """What a product costs at a moment, in its `currency`; `regular` is it without a sale."""

    amount: Decimal
    currency: str
    regular: Decimal

    @property
    def is_sale(self) -> bool:
        return self.amount < self.regular

    def __str__(self) -> str:
        return money(self.amount, self.currency)


def shop_currency() -> str:
    """The currency of the catalog's prices; empty where there are none, or several."""
    priced = Product.objects.filter(price__isnull=False).exclude(currency="").order_by()
    found = list(priced.values_list("currency", flat=True).distinct()[:2])
    return found[0] if len(found) == 1 else ""


def categories_of_products(ids: Collection[str]) -> Mapping[str, str]:
    """The category of each product by the shop's own id; who has none is left out."""
    found = Product.objects.filter(external_id__in=list(ids)).exclude(category="")
    return dict(found.values_list("external_id", "category"))


def price_of(product: Product, now: datetime) -> Price | None:
    """The sale price while the sale runs, else the price; None where the shop names none."""
    if product.price is None:
        return None
    amount = product.price
    if product.sale_price is not None and _sale_runs(product, now):
        amount = min(amount, product.sale_price)
    return Price(amount, product.currency, product.price)


def _sale_runs(product: Product, now: datetime) -> bool:
    has_begun = product.sale_starts_at is None or product.sale_starts_at <= now
    return has_begun and (product.sale_ends_at is None or now < product.sale_ends_at)


def margin_of(product: Product, now: datetime) -> Decimal | None:
    """(price - cost) / price, or None where either is unknown or the price is nothing."""
    price = price_of(product, now)
    return None if price is None else _margin(price.amount, product.cost)


def _margin(amount: Decimal, cost: Decimal | None) -> Decimal | None:
    return None if cost is None or amount <= 0 else (amount - cost) / amount


def products_like(vector: Sequence[float], *, limit: int = 10) -> QuerySet[Product]:
    """Products in stock nearest to a vector of the text encoder's space, nearest first.

    Each with its `distance`, 0 to 2: one less the cosine. By the index, so that it is as quick in a
    large catalog, and may miss one that is about as near.
    """
    found = Product.objects.filter(vector__isnull=False, in_stock=True)
    return found.annotate(distance=CosineDistance("vector", vector)).order_by("distance")[:limit]


def offers_current(now: datetime) -> QuerySet[Offer]:
    """Offers that are switched on, begun, not over, and have budget left."""
    return Offer.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        Q(budget__isnull=True) | Q(budget__gt=F("spent")),
        is_active=True,
        starts_at__lte=now,
    )


def offer_state(offer: Offer, now: datetime) -> str:
    """The state of an offer in a word or three, as pages show it."""
    if not offer.is_active:
        return "off"
    if offer.starts_at > now:
        return "not yet"
    if offer.ends_at is not None and offer.ends_at <= now:
        return "over"
    if offer.budget is not None and offer.spent >= offer.budget:
        return "budget used up"
    return "running"


def reduced_price(product: Product, offer: Offer, now: datetime) -> Price | None:
    """What `product` costs with `offer`, or None where the offer does not hold for it.

    It holds where the product (or its category) is named or none is, where the product alone is
    worth the minimum spend, and where enough margin is left; a floor on the margin leaves out
    products whose cost is unknown.
    """
    price = price_of(product, now)
    if price is None or not _is_named(product, offer):
        return None
    if offer.minimum_spend is not None and price.amount < offer.minimum_spend:
        return None
    amount = _reduced(price.amount, offer)
    if offer.least_margin is not None:
        left = _margin(amount, product.cost)
        if left is None or left < offer.least_margin:
            return None
    return Price(amount, price.currency, price.regular)


def _is_named(product: Product, offer: Offer) -> bool:
    if product.category in offer.categories:
        return True
    chosen = list(offer.products.values_list("pk", flat=True))
    return product.pk in chosen if chosen or offer.categories else True


def _reduced(amount: Decimal, offer: Offer) -> Decimal:
    if offer.percent is not None:
        amount = amount * (100 - offer.percent) / 100
    elif offer.amount is not None:
        amount -= offer.amount
    return max(amount, Decimal(0)).quantize(CENT, rounding=ROUND_HALF_UP)
