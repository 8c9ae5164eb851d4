"""What files of products may hold, in the shop's own words or in Google Merchant's."""

from __future__ import annotations

import re
from decimal import Decimal

from catalog.merchant import read_merchant
from catalog.models import Product
from core.loading.importers import Field, Importer, Repeats
from core.loading.kinds import Choice, Flag, Integer, JsonObject, Moment, Number, Text

# As the models' own defaults do: not the transaction's start, which is earlier.
NOW = "statement_timestamp()"
# Anything else (javascript:, data:) would be a trap in an e-mail or a page.
LINK = Text(
    1000,
    pattern=re.compile(r"https?://[^\s<>\"]+"),
    example="a link that starts with http:// or https://",
)
CURRENCY = Text(3, pattern=re.compile(r"[A-Z]{3}"), example="three capital letters, e.g. EUR")
GTIN = Text(14, pattern=re.compile(r"\d{8,14}"), example="8 to 14 digits")
MONEY = Number(12, 2, low=Decimal(0))
LARGEST_STOCK = 2**31 - 1

_IDENTITY = (
    Field(
        "external_id",
        Text(200),
        "the shop's own id of the product",
        required=True,
        aliases=("id", "product_id", "sku"),
    ),
    Field("title", Text(300), "what it is called", required=True, aliases=("name", "product_name")),
    Field(
        "category",
        Text(200),
        "where the shop files it",
        default="''",
        aliases=("product_type", "google_product_category"),
    ),
    Field("description", Text(50_000), "what the shop says of it", default="''"),
    Field("brand", Text(100), "who makes it", default="''"),
    Field("gtin", GTIN, "the number under its bar code", default="''", aliases=("ean", "upc")),
    Field(
        "item_group",
        Text(200),
        "what variants of one product share",
        default="''",
        aliases=("item_group_id",),
    ),
)
_PRICES = (
    Field("price", MONEY, "what it costs"),
    Field("currency", CURRENCY, "of the price", default="''"),
    Field("sale_price", MONEY, "what it costs while the sale runs"),
    Field("sale_starts_at", Moment(), "when the sale begins"),
    Field("sale_ends_at", Moment(), "when the sale is over"),
    Field("cost", MONEY, "what it costs the shop", aliases=("cost_of_goods_sold",)),
)
_STOCK = (
    Field("in_stock", Flag(), "whether it can be bought (default: yes)", default="true"),
    Field(
        "availability",
        Choice(tuple(Product.Availability.values)),
        "in words (fills in_stock, where the file has none)",
        default="''",
    ),
    Field(
        "stock_quantity",
        Integer(0, LARGEST_STOCK),
        "how many there are",
        aliases=("quantity", "inventory", "sell_on_google_quantity"),
    ),
)
_LINKS = (
    Field("url", LINK, "its page", default="''", aliases=("link",)),
    Field("image_url", LINK, "its picture", default="''", aliases=("image", "image_link")),
    Field("attributes", JsonObject(), "whatever else is known of it", default="'{}'"),
)

PRODUCTS = Importer(
    noun="products",
    table=Product._meta.db_table,
    fields=(*_IDENTITY, *_PRICES, *_STOCK, *_LINKS),
    key="external_id",
    repeats=Repeats.UPDATE,
    extras="attributes",
    computed={"created_at": NOW, "updated_at": NOW},
    touched={"updated_at": NOW},
    derive=read_merchant,
    gone={"in_stock": "false", "availability": "'out_of_stock'"},
)
