"""Every section of the audience's own figures. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audience.evaluation.aspects import aspects_section
from audience.evaluation.intents import banking_section, clinc_section
from audience.evaluation.purchase import elsewhere_section, purchase_section
from audience.evaluation.sentiment import Encode, sentiment_section
from core.evaluation import Section
from inference.encoders import TextEncoder

__all__ = ["Encode", "audience_sections", "keeping"]


def audience_sections(train: Path, test: Path | None, *, encode: Encode) -> Iterator[Section]:
    """Sentiment, aspects, intents and purchase intent.

    A set that `test` lacks is judged on `train`.

    Raises:
        DataMissing: `train` lacks a data set.
    """
    yield sentiment_section(train, test, encode)
    yield aspects_section(encode)
    yield banking_section(train, test, encode)
    yield clinc_section(train, test, encode)
    yield purchase_section(train, test)
    yield elsewhere_section(train)


def keeping(encoder: TextEncoder, folder: Path) -> Encode:
    """Encode once, and read from `folder` what was encoded before."""

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        key = hashlib.sha256("\x1f".join([encoder.name, *texts]).encode()).hexdigest()[:32]
        place = folder / f"vectors-{key}.npy"
        if place.is_file():
            return np.load(place, allow_pickle=False)
        vectors = encoder.encode(texts)
        folder.mkdir(parents=True, exist_ok=True)
        np.save(place, vectors)
        return vectors

    return encode
