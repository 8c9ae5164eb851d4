"""What files of products may hold."""

from __future__ import annotations

import re
from decimal import Decimal

from catalog.models import Product
from core.loading.importers import Field, Importer, Repeats
from core.loading.kinds import Flag, JsonObject, Number, Text

# As the models' own defaults do: not the transaction's start, which is earlier.
NOW = "statement_timestamp()"
# Anything else (javascript:, data:) would be a trap in an e-mail or a page.
LINK = Text(
    1000,
    pattern=re.compile(r"https?://[^\s<>\"]+"),
    example="a link that starts with http:// or https://",
)
CURRENCY = Text(3, pattern=re.compile(r"[A-Z]{3}"), example="three capital letters, e.g. EUR")

PRODUCTS = Importer(
    noun="products",
    table=Product._meta.db_table,
    fields=(
        Field(
            "external_id",
            Text(200),
            "the shop's own id of the product",
            required=True,
            aliases=("product_id", "sku"),
        ),
        Field(
            "title",
            Text(300),
            "what it is called",
            required=True,
            aliases=("name", "product_name"),
        ),
        Field("category", Text(200), "where the shop files it", default="''"),
        Field("description", Text(50_000), "what the shop says of it", default="''"),
        Field("price", Number(12, 2, low=Decimal(0)), "what it costs"),
        Field("currency", CURRENCY, "of the price", default="''"),
        Field("url", LINK, "its page", default="''", aliases=("link",)),
        Field("image_url", LINK, "its picture", default="''", aliases=("image", "image_link")),
        Field("in_stock", Flag(), "whether it can be bought (default: yes)", default="true"),
        Field("attributes", JsonObject(), "whatever else is known of it", default="'{}'"),
    ),
    key="external_id",
    repeats=Repeats.UPDATE,
    extras="attributes",
    computed={"created_at": NOW, "updated_at": NOW},
    touched={"updated_at": NOW},
)
