"""Vectors that are computed once, and kept for the next run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audience.evaluation.sentiment import Encode
from inference.encoders import TextEncoder

# So many at a time are encoded and stored: what is broken off goes on from there.
PORTION = 4096


def keeping(encoder: TextEncoder, folder: Path) -> Encode:
    """Encode a text once, and read from `folder` what was encoded before, in whatever list."""
    place = folder / f"vectors-{hashlib.sha256(encoder.name.encode()).hexdigest()[:16]}.npz"
    kept: dict[bytes, NDArray[np.float32]] = {}

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        if not kept and place.is_file():
            kept.update(_read(place))
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
        names, bodies = list(missing), list(missing.values())
        for start in range(0, len(names), PORTION):
            vectors = encoder.encode(bodies[start : start + PORTION])
            kept.update(zip(names[start : start + PORTION], vectors, strict=True))
            _write(place, kept)
        return np.stack([kept[key] for key in keys])

    return encode


def _read(place: Path) -> dict[bytes, NDArray[np.float32]]:
    with np.load(place, allow_pickle=False) as stored:
        keys, vectors = stored["keys"], stored["vectors"]
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}


def _write(place: Path, kept: dict[bytes, NDArray[np.float32]]) -> None:
    """Whole or not at all: a run that is broken off leaves what was there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    keys = np.frombuffer(b"".join(kept), dtype=np.uint8).reshape(len(kept), -1)
    beside = place.with_suffix(".part")
    with beside.open("wb") as handle:
        np.savez(handle, keys=keys, vectors=np.stack(list(kept.values())))
    beside.replace(place)
