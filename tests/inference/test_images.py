"""Pictures opened safely, whatever a shop's server sends."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from inference.images import (
    LONGEST_SIDE,
    PictureRefused,
    ScriptedImageEncoder,
    image_encoder,
    read_picture,
)
from tests.inference.tiny_image_models import picture, written


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_usual_kinds_are_read(kind):
    found = read_picture(written(picture(), kind))
    assert (found.size, found.mode) == ((60, 40), "RGB")


def test_what_is_lossless_arrives_as_it_was():
    np.testing.assert_array_equal(
        np.asarray(read_picture(written(picture()))), np.asarray(picture())
    )


def test_what_is_see_through_stands_on_white():
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert read_picture(written(clear)).getpixel((1, 1)) == (255, 255, 255)


def test_a_palette_with_a_hole_stands_on_white():
    indexed = Image.new("P", (4, 4), 0)
    indexed.putpalette([255, 0, 0] * 256)
    assert read_picture(written(indexed, transparency=0)).getpixel((1, 1)) == (255, 255, 255)


def test_a_camera_that_was_held_sideways_is_turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read_picture(written(picture(), "JPEG", exif=exif)).size == (40, 60)


def test_a_large_picture_is_made_smaller():
    found = read_picture(written(picture(size=(3000, 1500)), "JPEG"))
    assert max(found.size) <= LONGEST_SIDE
    assert found.size[0] / found.size[1] == pytest.approx(2, abs=0.01)


def huge_png(width, height):
    """A PNG that promises far more pixels than it has bytes."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(30_000, 30_000), (7_000, 7_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(size):
    with pytest.raises(PictureRefused):
        read_picture(huge_png(*size))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\x00" * 20,
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"<html>not found</html>",
    ],
)
def test_what_is_no_picture_we_read_is_said(content):
    with pytest.raises(PictureRefused, match="no picture of PNG, JPEG, WEBP"):
        read_picture(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_half_a_picture_is_broken(kind):
    content = written(picture(size=(300, 200)), kind)
    with pytest.raises(PictureRefused):
        read_picture(content[: len(content) // 2])


def test_too_many_bytes_are_refused():
    with pytest.raises(PictureRefused, match="larger than"):
        read_picture(b"\x00" * (10 * 1024 * 1024 + 1))


def test_without_a_setting_there_is_no_encoder(settings):
    settings.IMAGE_ENCODER = ""
    assert image_encoder() is None


def test_the_twin_tells_pictures_apart():
    encoder = ScriptedImageEncoder()
    vectors = encoder.encode([picture(1), picture(1), picture(2)])
    assert vectors.shape == (3, encoder.size)
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[2] < 0.99
