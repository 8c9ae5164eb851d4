"""Products and offers: the only source of prices and discounts that copy may mention."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from pgvector.django import HnswIndex, VectorField

from catalog.wording import contradicted_percent
from core.models import Timestamped

VECTOR_SIZE = 384


class Product(Timestamped):
    class Availability(models.TextChoices):
        IN_STOCK = "in_stock", "in stock"
        OUT_OF_STOCK = "out_of_stock", "sold out"
        PREORDER = "preorder", "to be ordered before it comes"
        BACKORDER = "backorder", "ordered, and on its way"

    external_id = models.CharField(max_length=200, unique=True)
    title = models.CharField(max_length=300)
    category = models.CharField(max_length=200, blank=True, db_index=True)
    description = models.TextField(blank=True)
    brand = models.CharField(max_length=100, blank=True, db_default="")
    gtin = models.CharField("GTIN", max_length=14, blank=True, db_default="")
    item_group = models.CharField(
        max_length=200,
        blank=True,
        db_default="",
        db_index=True,
        help_text="What variants of one product share; only one of them is recommended.",
    )
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    sale_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    sale_starts_at = models.DateTimeField(null=True, blank=True)
    sale_ends_at = models.DateTimeField(null=True, blank=True)
    cost = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="What it costs the shop: gives the margin. Never shown to anyone outside.",
    )
    url = models.URLField(max_length=1000, blank=True)
    image_url = models.URLField(max_length=1000, blank=True)
    in_stock = models.BooleanField(default=True, db_default=True)
    availability = models.CharField(
        max_length=12, choices=Availability.choices, blank=True, db_default=""
    )
    stock_quantity = models.PositiveIntegerField(null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    vector = VectorField(dimensions=VECTOR_SIZE, null=True, editable=False)
    vector_of = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        editable=False,
        help_text="Digest of the encoder and the text the vector was made of.",
    )
    # Its size is the image encoder's own, so that it has none here.
    image_vector = VectorField(null=True, editable=False)
    image_vector_of = models.CharField(max_length=64, blank=True, db_default="", editable=False)
    image_problem = models.CharField(
        max_length=300,
        blank=True,
        db_default="",
        editable=False,
        help_text="Why there is no image vector.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price__isnull=True) | models.Q(price__gte=0),
                name="product_price_is_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(sale_price__isnull=True) | models.Q(sale_price__gte=0),
                name="product_sale_price_is_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(cost__isnull=True) | models.Q(cost__gte=0),
                name="product_cost_is_not_negative",
            ),
            models.CheckConstraint(
                condition=~models.Q(external_id=""), name="product_has_an_external_id"
            ),
        ]
        indexes = [
            HnswIndex(fields=["vector"], name="product_vector", opclasses=["vector_cosine_ops"])
        ]

    def __str__(self) -> str:
        return self.title


class Offer(Timestamped):
    """What a campaign may promise. Copy may use these words and numbers, and no others."""

    class Kind(models.TextChoices):
        OTHER = "other", "something else"
        PERCENT = "percent", "a percentage off"
        AMOUNT = "amount", "an amount off"
        SHIPPING = "shipping", "free shipping"
        GIFT = "gift", "a gift"

    class Audience(models.TextChoices):
        EVERYONE = "everyone", "everyone"
        NEW = "new", "who never bought"
        RETURNING = "returning", "who bought before"

    name = models.CharField(max_length=100, unique=True)
    text = models.CharField(
        max_length=200, help_text="As a person would read it, e.g. “15% off dresses”."
    )
    code = models.CharField(max_length=40, blank=True)
    terms = models.TextField(blank=True)
    url = models.URLField(max_length=1000, blank=True, help_text="Where the call to action leads.")
    starts_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField("switched on", default=True, db_default=True)
    kind = models.CharField(
        max_length=10, choices=Kind.choices, default=Kind.OTHER, db_default=Kind.OTHER
    )
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    minimum_spend = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    audience = models.CharField(
        max_length=10,
        choices=Audience.choices,
        default=Audience.EVERYONE,
        db_default=Audience.EVERYONE,
    )
    uses_per_contact = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Empty: as often as they like."
    )
    least_margin = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Share of the reduced price that has to be left, e.g. 0.2: products below it "
        "are left out.",
    )
    budget = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="What all discounts by this code may add up to; then the offer is over.",
    )
    spent = models.DecimalField(
        max_digits=12, decimal_places=2, default=Decimal(0), db_default=Decimal(0), editable=False
    )
    categories = ArrayField(
        models.CharField(max_length=200),
        default=list,
        db_default=[],
        blank=True,
        help_text="Separated by commas. With neither these nor products it holds for all.",
    )
    products = models.ManyToManyField(Product, blank=True, related_name="offers")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="offer_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind="percent", percent__isnull=False, percent__gt=0, percent__lte=100
                )
                | (~models.Q(kind="percent") & models.Q(percent__isnull=True)),
                name="offer_percent_is_of_a_hundred",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="amount", amount__isnull=False, amount__gt=0)
                | (~models.Q(kind="amount") & models.Q(amount__isnull=True)),
                name="offer_amount_is_above_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(least_margin__isnull=True)
                | models.Q(least_margin__gte=0, least_margin__lt=1),
                name="offer_least_margin_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"

    def clean(self) -> None:
        problems: dict[str, str] = {}
        if (self.kind == self.Kind.PERCENT) != (self.percent is not None):
            problems["percent"] = "Give the percentage for a percentage off, and only for that."
        if (self.kind == self.Kind.AMOUNT) != (self.amount is not None):
            problems["amount"] = "Give the amount for an amount off, and only for that."
        other = contradicted_percent(self.text, self.percent)
        if other:
            problems["text"] = f"The text says {other}%, the offer {self.percent.normalize():f}%."  # type: ignore[union-attr]
        if problems:
            raise ValidationError(problems)


class Feed(Timestamped):
    """A file of products that the shop's system keeps at an address, read again and again."""

    name = models.CharField(max_length=100, unique=True)
    url = models.URLField(max_length=1000)
    is_active = models.BooleanField("switched on", default=True)
    is_full = models.BooleanField(
        "holds the whole catalog",
        default=False,
        help_text="Products it no longer names are marked sold out. Leave off with several feeds.",
    )
    every_hours = models.PositiveSmallIntegerField("hours between two readings", default=6)
    due_at = models.DateTimeField(db_default=Now())
    checked_at = models.DateTimeField(null=True, editable=False)
    digest = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="SHA-256 of what was read last: the same again is not read.",
    )
    outcome = models.JSONField(default=dict, editable=False)
    problem = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(every_hours__gte=1), name="feed_rests_an_hour_at_least"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RecommendationRules(Timestamped):
    """What the shop wants of recommendations. There is one row, made when it is first asked for."""

    is_only = models.BooleanField(default=True, unique=True, editable=False)
    least_margin = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Share of the price that has to be left, e.g. 0.2; products of unknown cost are "
        "then left out. Empty: margins are not asked.",
    )
    most_of_a_category = models.PositiveSmallIntegerField(
        "most of one category",
        null=True,
        blank=True,
        default=3,
        help_text="In one list. Empty: as many as come.",
    )
    owned_days = models.PositiveSmallIntegerField(
        "days of rest after a purchase",
        null=True,
        blank=True,
        help_text="How long something bought is not recommended again. Empty: never again.",
    )
    excluded_brands = ArrayField(
        models.CharField(max_length=100), default=list, blank=True, help_text="Separated by commas."
    )
    excluded_categories = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, help_text="Separated by commas."
    )

    class Meta:
        verbose_name_plural = "recommendation rules"
        constraints = [
            models.CheckConstraint(condition=models.Q(is_only=True), name="rules_are_one_row"),
            models.CheckConstraint(
                condition=models.Q(least_margin__isnull=True)
                | models.Q(least_margin__gte=0, least_margin__lt=1),
                name="rules_least_margin_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return "What may be recommended"


class RecommenderFit(models.Model):
    """One fit of the recommenders as arrays (npz, no pickle); the newest one counts."""

    fitted_at = models.DateTimeField()
    history_count = models.PositiveIntegerField()
    item_count = models.PositiveIntegerField()
    weights = models.JSONField(default=dict, help_text="Share of each part in the score.")
    figures = models.JSONField(
        default=dict,
        help_text="Measured on each contact's last item but one: never on what came after.",
    )
    notes = ArrayField(models.CharField(max_length=300), default=list)
    arrays = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.item_count} products, {self.history_count} histories"


class Recommendation(models.Model):
    """What one unit would be shown now: one row a unit, made again by the nightly batch."""

    unit_id = models.CharField(max_length=200, unique=True)
    items = models.JSONField(help_text="Best first: product, score, because.")
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{len(self.items)} for {self.unit_id}"

    @property
    def product_ids(self) -> list[str]:
        items: list[dict[str, Any]] = self.items
        return [str(item["product"]) for item in items]
