"""Products and offers in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display

from catalog.models import Offer, Product


@admin.register(Product)
class ProductAdmin(ModelAdmin):
    list_display = ["title", "category", "priced", "stock", "external_id"]
    list_filter = ["in_stock", "category"]
    search_fields = ["title", "external_id", "category"]
    ordering = ["title"]
    readonly_fields = ["created_at", "updated_at"]
    fieldsets = [
        (None, {"fields": ["title", "external_id", "category", "description"]}),
        ("Price and stock", {"fields": [("price", "currency"), "in_stock"]}),
        ("Links", {"fields": ["url", "image_url"]}),
        (
            "More",
            {"fields": ["attributes", ("created_at", "updated_at")], "classes": ["collapse"]},
        ),
    ]

    @display(description="price", ordering="price")
    def priced(self, product: Product) -> str:
        return "—" if product.price is None else f"{product.price:,.2f} {product.currency}".strip()

    @display(description="stock", label={"in stock": "success", "sold out": "warning"})
    def stock(self, product: Product) -> str:
        return "in stock" if product.in_stock else "sold out"


@admin.register(Offer)
class OfferAdmin(ModelAdmin):
    list_display = ["name", "text", "code", "state", "starts_at", "ends_at"]
    search_fields = ["name", "text", "code"]
    ordering = ["-starts_at"]
    fieldsets = [
        (
            "What you promise",
            {
                "fields": ["name", "text", "code", "terms"],
                "description": "Copy may state these words and numbers, and no others: "
                "a text with another price or percentage is refused.",
            },
        ),
        ("Where and when", {"fields": ["url", "starts_at", "ends_at"]}),
    ]

    @display(
        description="state",
        label={"running": "success", "not yet": "info", "over": "warning"},
    )
    def state(self, offer: Offer) -> str:
        now = timezone.now()
        if offer.starts_at > now:
            return "not yet"
        return "over" if offer.ends_at and offer.ends_at <= now else "running"
