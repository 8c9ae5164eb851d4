"""A fit as bytes and back: NumPy's own format without pickle, so that reading runs no code."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from catalog.ranking.contract import Arrays


def packed(arrays: Arrays) -> bytes:
    """Arrays as one .npz, compressed.

    >>> unpacked(packed({"a/b": np.arange(3)}))["a/b"].tolist()
    [0, 1, 2]
    """
    held = io.BytesIO()
    np.savez_compressed(
        held, allow_pickle=False, **{_safe(name): each for name, each in arrays.items()}
    )
    return held.getvalue()


def unpacked(content: bytes) -> dict[str, NDArray]:
    with np.load(io.BytesIO(content), allow_pickle=False) as held:
        return {_plain(name): held[name] for name in held.files}


def _safe(name: str) -> str:
    return name.replace("/", "__").replace(" ", "--")


def _plain(name: str) -> str:
    return name.replace("__", "/").replace("--", " ")
