"""What the shop says of its products as documents: found like any other, without a price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import MD5, Cast, Concat

from assistant.models import Document, KnowledgeBase
from assistant.services.documents import Incoming, documents_save
from assistant.understanding.describing import described
from catalog.models import Product

PRODUCTS_PER_BATCH = 200
SEPARATOR = "\x1f"


def catalog_learn() -> int:
    """Renew the documents of products whose words changed, in every base that knows products.

    How many were. Prices and stock are no words: they are never written down, but looked up.
    """
    bases = KnowledgeBase.objects.filter(answers_from_catalog=True).order_by("pk")
    return sum(_learn(base) for base in bases)


def _learn(base: KnowledgeBase) -> int:
    """By key, so that a product that is refused is tried once a run."""
    changed = last = 0
    while batch := list(_changed(base).filter(pk__gt=last)[:PRODUCTS_PER_BATCH]):
        _write(base, batch)
        changed, last = changed + len(batch), batch[-1].pk
    return changed


def _changed(base: KnowledgeBase) -> QuerySet[Product]:
    """Products whose words are not those their document was written from, with their digest."""
    parts = ("title", "category", "brand", "description", "url", "item_group", "gtin")
    words: list[Any] = [Cast(F("attributes"), TextField())]
    for name in parts:
        words += [Value(SEPARATOR), Cast(F(name), TextField())]
    written = Document.objects.filter(
        base=base, product=OuterRef("pk"), product_digest=OuterRef("digest")
    )
    return (
        Product.objects.defer("vector", "image_vector")
        .annotate(digest=MD5(Concat(*words, output_field=TextField())))
        .filter(~Exists(written))
        .order_by("pk")
    )


@transaction.atomic
def _write(base: KnowledgeBase, products: Sequence[Product]) -> None:
    """Processes read product names again once the version is another."""
    source = {product.pk: f"catalog/{product.external_id}.md" for product in products}
    files = [
        Incoming(source[product.pk], _text(product).encode(), url=product.url)
        for product in products
    ]
    documents_save(base, files, actor=None)
    by_source = {source[product.pk]: product for product in products}
    documents = list(Document.objects.filter(base=base, source__in=by_source))
    for document in documents:
        document.product = by_source[document.source]
        document.product_digest = document.product.digest  # type: ignore[attr-defined]  # annotated
    Document.objects.bulk_update(documents, ["product", "product_digest"])
    _renew(base)


def _text(product: Product) -> str:
    return described(
        product.title,
        description=product.description,
        brand=product.brand,
        category=product.category,
        attributes=product.attributes,
    )


def _renew(base: KnowledgeBase) -> None:
    KnowledgeBase.objects.filter(pk=base.pk).update(catalog_version=F("catalog_version") + 1)
