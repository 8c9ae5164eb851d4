"""Products and offers: the only source of prices and discounts that copy may mention."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.models import Timestamped


class Product(Timestamped):
    external_id = models.CharField(max_length=200, unique=True)
    title = models.CharField(max_length=300)
    category = models.CharField(max_length=200, blank=True, db_index=True)
    description = models.TextField(blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    url = models.URLField(max_length=1000, blank=True)
    image_url = models.URLField(max_length=1000, blank=True)
    in_stock = models.BooleanField(default=True, db_default=True)
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price__isnull=True) | models.Q(price__gte=0),
                name="product_price_is_not_negative",
            ),
            models.CheckConstraint(
                condition=~models.Q(external_id=""), name="product_has_an_external_id"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Offer(Timestamped):
    """What a campaign may promise. Copy may use these words and numbers, and no others."""

    name = models.CharField(max_length=100, unique=True)
    text = models.CharField(
        max_length=200, help_text="As a person would read it, e.g. “15% off dresses”."
    )
    code = models.CharField(max_length=40, blank=True)
    terms = models.TextField(blank=True)
    url = models.URLField(max_length=1000, blank=True, help_text="Where the call to action leads.")
    starts_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="offer_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"
