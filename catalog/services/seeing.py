"""Products as vectors of their pictures, where an image encoder is set up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings
from PIL.Image import Image

from catalog.models import Product
from core.errors import CopyliftError, InputRefused
from core.fetching import Limits, fetch
from inference.images import (
    LARGEST_BYTES,
    ImageEncoder,
    PictureRefused,
    image_encoder,
    read_picture,
)

PRODUCTS_PER_BATCH = 32
LIMITS = Limits(bytes=LARGEST_BYTES, seconds=20)
LONGEST_PROBLEM = 300
NO_ENCODER = "no IMAGE_ENCODER is set: products are compared by their words alone"

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Seen:
    """How many pictures became vectors and how many could not; `note` where none was looked at."""

    made: int = 0
    failed: int = 0
    note: str = ""


def products_see(*, progress: Progress | None = None, encoder: ImageEncoder | None = None) -> Seen:
    """Look at every picture that is new, or new to this encoder.

    One that cannot be used is tried again when its address or the encoder changes, one that could
    not be fetched with the next run; why is on the product.
    """
    encoder = encoder or image_encoder()
    if encoder is None:
        return Seen(note=NO_ENCODER)
    made = failed = 0
    last = 0
    while batch := _next_batch(last):
        last = batch[-1].pk
        due = [product for product in batch if product.image_vector_of != _digest(product, encoder)]
        done = _see(due, encoder)
        made, failed = made + done, failed + len(due) - done
        if progress and due:
            progress(len(due))
    return Seen(made, failed)


def _next_batch(last: int) -> list[Product]:
    with_picture = Product.objects.filter(pk__gt=last).exclude(image_url="")
    fields = ("image_url", "image_vector_of")
    return list(with_picture.only(*fields).order_by("pk")[:PRODUCTS_PER_BATCH])


def _digest(product: Product, encoder: ImageEncoder) -> str:
    return hashlib.sha256(f"{encoder.name}\x1f{product.image_url}".encode()).hexdigest()


def _see(products: list[Product], encoder: ImageEncoder) -> int:
    pictures: list[tuple[Product, Image]] = []
    for product in products:
        try:
            pictures.append((product, read_picture(picture_bytes(product.image_url))))
        except CopyliftError as error:
            _note(product, error, encoder)
    vectors = encoder.encode([picture for _, picture in pictures])
    for (product, _), vector in zip(pictures, vectors, strict=True):
        Product.objects.filter(pk=product.pk).update(
            image_vector=vector, image_vector_of=_digest(product, encoder), image_problem=""
        )
    return len(pictures)


def _note(product: Product, error: CopyliftError, encoder: ImageEncoder) -> None:
    is_final = isinstance(error, InputRefused)
    Product.objects.filter(pk=product.pk).update(
        image_vector=None,
        image_vector_of=_digest(product, encoder) if is_final else "",
        image_problem=str(error)[:LONGEST_PROBLEM],
    )


def picture_bytes(url: str) -> bytes:
    """The picture from `IMAGE_FOLDER`, where one is set, by the last part of its address; else
    fetched.

    Raises:
        PictureRefused: The folder has no such file.
        AddressRefused, FetchFailed: As `fetch` does.
    """
    if not settings.IMAGE_FOLDER:
        return fetch(url, limits=LIMITS, accept="image/webp,image/png,image/jpeg").body
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    path = Path(settings.IMAGE_FOLDER) / name
    if not name or "\x00" in name or not path.is_file():
        raise PictureRefused(f"IMAGE_FOLDER has no file {name!r}", field="image")
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)
