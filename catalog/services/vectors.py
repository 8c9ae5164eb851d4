"""Products as vectors of their words: made again only where the words or the encoder changed."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import MD5, Concat, Left

from catalog.models import VECTOR_SIZE, Product
from core.errors import DomainError
from inference.encoders import TextEncoder, text_encoder

Progress = Callable[[int], None]

PRODUCTS_PER_BATCH = 256
# A description's end is washing instructions.
DESCRIPTION_READ = 1_000
SEPARATOR = "\x1f"

_STORE = """
    UPDATE catalog_product AS product SET vector = done.vector::vector, vector_of = done.digest
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS done (id, vector, digest)
    WHERE product.id = done.id
"""


def products_encode(*, progress: Progress | None = None, encoder: TextEncoder | None = None) -> int:
    """Make the vectors that are missing or out of date; how many. Workers may share it."""
    # Loading the weights costs seconds, so that the encoder is asked for only where it is needed.
    if encoder is None:
        if not Product.objects.exists():
            return 0
        encoder = text_encoder()
    if encoder.size != VECTOR_SIZE:
        raise DomainError(
            f"ENCODER_MODEL {encoder.name!r} makes vectors of {encoder.size} numbers and the "
            f"database holds {VECTOR_SIZE}: choose an encoder of that size, or leave it empty"
        )
    made = 0
    while done := _batch_encode(encoder):
        made += done
        if progress:
            progress(done)
    return made


def products_to_encode(encoder_name: str) -> QuerySet[Product]:
    """Products whose vector is not of their present words and this encoder, with its `digest`."""
    words = Concat(
        Value(encoder_name),
        Value(SEPARATOR),
        F("title"),
        Value(SEPARATOR),
        F("category"),
        Value(SEPARATOR),
        F("brand"),
        Value(SEPARATOR),
        Left("description", DESCRIPTION_READ),
    )
    return Product.objects.annotate(digest=MD5(words)).exclude(vector_of=F("digest"))


def product_text(product: Product) -> str:
    """What the encoder reads of a product."""
    parts = (
        product.title,
        product.category,
        product.brand,
        product.description[:DESCRIPTION_READ],
    )
    return ". ".join(part for part in parts if part)


@transaction.atomic
def _batch_encode(encoder: TextEncoder) -> int:
    batch = (
        products_to_encode(encoder.name)
        .defer("vector", "image_vector")
        .select_for_update(skip_locked=True, no_key=True)
        .order_by("pk")[:PRODUCTS_PER_BATCH]
    )
    products = list(batch)
    if not products:
        return 0
    vectors = encoder.encode([product_text(product) for product in products])
    written = [orjson.dumps(row, option=orjson.OPT_SERIALIZE_NUMPY).decode() for row in vectors]
    digests = [product.digest for product in products]  # type: ignore[attr-defined]  # annotated
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [[product.pk for product in products], written, digests])
    return len(products)
