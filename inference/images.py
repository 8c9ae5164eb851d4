"""Turning pictures into vectors: opened safely here, encoded by the model `IMAGE_ENCODER` names."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import InputRefused

FORMATS = ("PNG", "JPEG", "WEBP")
LARGEST_BYTES = 10 * 1024 * 1024
# Before a pixel is unpacked: 40 million take 120 MB.
MOST_PIXELS = 40_000_000
# More than any of these models looks at.
LONGEST_SIDE = 1024
WHITE = (255, 255, 255)


class PictureRefused(InputRefused):
    """What should be a picture is none, or is too large; the message says which."""


class ImageEncoder(Protocol):
    """Pictures in, unit vectors out."""

    name: str
    size: int

    def encode(self, pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Shape (pictures, size), rows of length 1, in input order."""


def read_picture(content: bytes) -> Image.Image:
    """A PNG, JPEG or WebP as it is seen: turned upright, on white, at most 1,024 pixels a side.

    Raises:
        PictureRefused: It is none of these, is broken, or unpacks to too much.
    """
    if len(content) > LARGEST_BYTES:
        raise PictureRefused(f"the picture is larger than {LARGEST_BYTES:,} bytes", field="image")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            _check_pixels(picture)
            # A JPEG can be unpacked at a fraction of its size.
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return _seen(picture)
    except UnidentifiedImageError:
        raise PictureRefused(f"it is no picture of {', '.join(FORMATS)}", field="image") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureRefused(f"the picture is broken: {error}", field="image") from None


def _check_pixels(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise PictureRefused(
            f"the picture has {width:,} x {height:,} pixels, more than {MOST_PIXELS:,}",
            field="image",
        )


def _seen(picture: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layered = upright.convert("RGBA")
        ground = Image.new("RGBA", layered.size, (*WHITE, 255))
        return Image.alpha_composite(ground, layered).convert("RGB")
    return upright.convert("RGB")


class ScriptedImageEncoder:
    """A twin without weights: a picture's vector is its colours on a coarse grid."""

    name = "scripted"

    def __init__(self, grid: int = 4) -> None:
        self._grid = grid
        self.size = grid * grid * 3

    def encode(self, pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
        grid = (self._grid, self._grid)
        rows = [np.asarray(each.resize(grid), dtype=np.float32).ravel() for each in pictures]
        vectors = np.stack(rows) + 1 if rows else np.empty((0, self.size), dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


_loading = threading.Lock()


def has_image_encoder() -> bool:
    return bool(settings.IMAGE_ENCODER)


def image_encoder() -> ImageEncoder | None:
    """The encoder `IMAGE_ENCODER` names, loaded once per process; None where it names none.

    Raises:
        EncoderUnusable: It names one that cannot be loaded.
    """
    with _loading:
        return _load(
            settings.IMAGE_ENCODER,
            settings.IMAGE_ENCODER_REVISION,
            settings.IMAGE_ENCODER_DOWNLOAD,
        )


@cache
def _load(model: str, revision: str, download: bool) -> ImageEncoder | None:  # noqa: FBT001 (a key of the cache)
    if not model:
        return None
    load = import_string("inference.backends.clip.load_encoder")
    encoder: ImageEncoder = load(model, revision=revision, download=download)
    return encoder
