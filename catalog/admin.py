"""Products, offers, feeds and what is recommended in the admin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from catalog.models import Feed, Offer, Product, RecommendationRules, RecommenderFit
from catalog.selectors import margin_of, offer_state, price_of
from core.admin import ReadOnlyAdmin, pretty_json, redirect_after_dialog
from core.jobs import wake
from inference.images import has_image_encoder

THIN_MARGIN = Decimal("0.15")


class HasVector(admin.SimpleListFilter):
    title = "words read"
    parameter_name = "words"
    column = "vector"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "yes"), ("no", "not yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        if self.value() is None:
            return queryset
        return queryset.filter(**{f"{self.column}__isnull": self.value() == "no"})


class HasImageVector(HasVector):
    title = "picture seen"
    parameter_name = "picture"
    column = "image_vector"


@admin.register(Product)
class ProductAdmin(ModelAdmin):
    list_display = ["title", "category", "priced", "margin", "stock", "words", "picture"]
    list_filter = ["in_stock", HasVector, HasImageVector, "category", "brand"]
    search_fields = ["title", "external_id", "category", "brand", "gtin"]
    ordering = ["title"]
    show_full_result_count = False
    readonly_fields = ["words", "picture", "image_problem", "created_at", "updated_at"]
    fieldsets = [
        (None, {"fields": ["title", "external_id", ("category", "brand"), "description"]}),
        (
            "Price",
            {
                "fields": [
                    ("price", "currency", "cost"),
                    "sale_price",
                    "sale_starts_at",
                    "sale_ends_at",
                ]
            },
        ),
        ("Stock", {"fields": [("in_stock", "availability", "stock_quantity")]}),
        ("Links", {"fields": ["url", "image_url"]}),
        ("For recommendations", {"fields": [("words", "picture"), "image_problem"]}),
        (
            "More",
            {
                "fields": [("gtin", "item_group"), "attributes", ("created_at", "updated_at")],
                "classes": ["collapse"],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        # Vectors are thousands of numbers a row, and a list only asks whether there is one.
        return super().get_queryset(request).defer("vector", "image_vector")

    @display(description="price", ordering="price")
    def priced(self, product: Product) -> str:
        price = price_of(product, timezone.now())
        if price is None:
            return "—"
        return f"{price} (instead of {price.regular:,.2f})" if price.is_sale else str(price)

    @display(description="margin")
    def margin(self, product: Product) -> str:
        margin = margin_of(product, timezone.now())
        if margin is None:
            return "—"
        return f"{margin:.0%}{', thin' if margin < THIN_MARGIN else ''}"

    @display(
        description="stock",
        ordering="stock_quantity",
        label={"in stock": "success", "sold out": "warning"},
    )
    def stock(self, product: Product) -> tuple[str, str] | str:
        if not product.in_stock or product.stock_quantity == 0:
            return "sold out"
        count = product.stock_quantity
        return "in stock" if count is None else ("in stock", f"{count:,} in stock")

    @display(description="words read", boolean=True)
    def words(self, product: Product) -> bool:
        return bool(product.vector_of)

    @display(description="picture seen", label={"seen": "success", "cannot be read": "warning"})
    def picture(self, product: Product) -> str:
        if product.image_problem:
            return "cannot be read"
        if product.image_vector_of:
            return "seen"
        if not product.image_url:
            return "no picture"
        return "waiting" if has_image_encoder() else "no image encoder"


OFFER_LABELS = {
    "running": "success",
    "not yet": "info",
    "over": "warning",
    "off": "warning",
    "budget used up": "danger",
}


@admin.register(Offer)
class OfferAdmin(ModelAdmin):
    list_display = ["name", "text", "kind", "code", "state", "starts_at", "ends_at", "used"]
    list_filter = ["is_active", "kind"]
    search_fields = ["name", "text", "code"]
    ordering = ["-starts_at"]
    filter_horizontal = ["products"]
    readonly_fields = ["spent"]
    fieldsets = [
        (
            "What you promise",
            {
                "fields": ["name", "text", "code", "terms", ("kind", "percent", "amount")],
                "description": "Copy may state these words and numbers, and no others: "
                "a text with another price or percentage is refused.",
            },
        ),
        (
            "Where and when",
            {"fields": ["url", "is_active", "starts_at", "ends_at", "categories", "products"]},
        ),
        (
            "Limits",
            {
                "fields": [
                    ("minimum_spend", "least_margin"),
                    ("audience", "uses_per_contact"),
                    ("budget", "spent"),
                ],
                "classes": ["collapse"],
            },
        ),
    ]

    @display(description="state", label=OFFER_LABELS)
    def state(self, offer: Offer) -> str:
        return offer_state(offer, timezone.now())

    @display(description="budget used", ordering="spent")
    def used(self, offer: Offer) -> str:
        return "—" if offer.budget is None else f"{offer.spent:,.2f} of {offer.budget:,.2f}"


# How a feed's counts are told.
ROWS = (
    ("read", "read"),
    ("inserted", "new"),
    ("updated", "changed"),
    ("unchanged", "as they were"),
    ("repeated", "repeated in the file"),
    ("rejected", "refused"),
    ("gone", "gone, marked sold out"),
)


@admin.register(Feed)
class FeedAdmin(ModelAdmin):
    list_display = ["name", "is_active", "every_hours", "checked_at", "came_of_it"]
    readonly_fields = ["checked_at", "last_outcome", "refused", "problem"]
    actions_detail = ["read_now"]
    fieldsets = [
        (None, {"fields": ["name", "url", "is_active", ("is_full", "every_hours")]}),
        ("Last time", {"fields": ["checked_at", "problem", "last_outcome", "refused"]}),
    ]

    @display(
        description="last time",
        label={"read": "success", "not read yet": "info", "rows refused": "warning"},
    )
    def came_of_it(self, feed: Feed) -> tuple[str, str] | str:
        if feed.problem:
            return feed.problem[:80]
        if refused := feed.outcome.get("rejected"):
            return "rows refused", f"read, {refused:,} of {feed.outcome['read']:,} rows refused"
        return "read" if feed.checked_at else "not read yet"

    @display(description="rows", empty_value="—")
    def last_outcome(self, feed: Feed) -> str | None:
        told = [f"{feed.outcome[key]:,} {words}" for key, words in ROWS if feed.outcome.get(key)]
        return ", ".join(told) or None

    @display(description="refused, and why", empty_value="—")
    def refused(self, feed: Feed) -> str | None:
        reasons = ((reason,) for reason in feed.outcome.get("reasons", ()))
        return format_html_join(mark_safe("<br>"), "{}", reasons) or None

    @action(
        description="Read it now",
        permissions=["read_now"],
        variant=ActionVariant.PRIMARY,
        icon="sync",
        dialog={
            "title": "Read this feed now?",
            "description": "It is fetched from its address, and products are changed where it says "
            "something new.",
            "form_submit_text": "Read it",
            "form_class": None,
        },
    )
    def read_now(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        # A feed may take minutes, which a worker has and a page has not.
        wake("catalog.tasks.feed_read", feed_id=int(object_id))
        messages.success(request, "It is being read: look here again in a moment.")
        return redirect_after_dialog(reverse("admin:catalog_feed_change", args=[object_id]))

    def has_read_now_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_change_permission(request)


@admin.register(RecommendationRules)
class RecommendationRulesAdmin(ModelAdmin):
    fieldsets = [
        (
            None,
            {
                "fields": ["least_margin", "owned_days", "most_of_a_category"],
                "description": "What is sold out is never recommended, and of the variants of one "
                "product only one.",
            },
        ),
        ("Never recommend", {"fields": ["excluded_brands", "excluded_categories"]}),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """There is one set of rules."""
        is_first = not RecommendationRules.objects.exists()
        return is_first and super().has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(RecommenderFit)
class RecommenderFitAdmin(ReadOnlyAdmin):
    list_display = ["fitted_at", "history_count", "item_count", "foreseen"]
    ordering = ["-pk"]
    fieldsets = [
        (None, {"fields": ["fitted_at", ("history_count", "item_count")]}),
        ("What it is made of", {"fields": ["shares", "measured", "notes"]}),
    ]
    readonly_fields = ["shares", "measured"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecommenderFit]:
        return super().get_queryset(request).defer("arrays")

    @display(description="next purchase among the first ten")
    def foreseen(self, fit: RecommenderFit) -> str:
        rate = fit.figures.get("hit_rate_at_10")
        return "—" if rate is None else f"{rate:.1%}"

    @display(description="weights")
    def shares(self, fit: RecommenderFit) -> str:
        return pretty_json(fit.weights)

    @display(description="measured")
    def measured(self, fit: RecommenderFit) -> str:
        return pretty_json(fit.figures)
