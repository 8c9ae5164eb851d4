"""Turning texts into vectors: one contract, one encoder per process, loaded on first use."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray

from core.errors import DomainError

Progress = Callable[[int], None]
# Start and end of each part of a text, in characters.
Spans = Sequence[tuple[int, int]]


class EncoderUnusable(DomainError):
    """The encoder that the settings name cannot be loaded; the message says why and what to set."""


class TextEncoder(Protocol):
    """Texts in, unit vectors out; `languages` it reads by two-letter code, None where unknown."""

    name: str
    size: int
    languages: frozenset[str] | None

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Shape (texts, size), rows of length 1, in input order; `progress` hears how many more."""


@runtime_checkable
class LayeredEncoder(TextEncoder, Protocol):
    """An encoder that also shows what it holds half-way, where wording weighs more than topic."""

    def layer_means(self, texts: Sequence[str], *, layer: int) -> NDArray[np.float32]:
        """Shape (texts, size): the mean token state of one layer, not normalised."""


@runtime_checkable
class PartsEncoder(TextEncoder, Protocol):
    """An encoder that in the same pass also says what parts of a text mean, where they stand."""

    def encode_parts(
        self,
        texts: Sequence[str],
        spans: Sequence[Spans],
        *,
        progress: Progress | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """As `encode_with_parts`."""


def encode_with_parts(
    encoder: TextEncoder,
    texts: Sequence[str],
    spans: Sequence[Spans],
    *,
    progress: Progress | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors of texts and of parts of them; parts are read in their texts by encoders that can.

    Args:
        encoder: One that cannot reads each part as a text of its own.
        texts: What is read.
        spans: Of each text: start and end of its parts, in characters.
        progress: Hears how many more texts are done.

    Returns:
        Shapes (texts, size) and (parts, size), the parts of the first text first; rows of length 1.
    """
    if isinstance(encoder, PartsEncoder):
        return encoder.encode_parts(texts, spans, progress=progress)
    parts = [text[start:end] for text, own in zip(texts, spans, strict=True) for start, end in own]
    return encoder.encode(texts, progress=progress), encoder.encode(parts)


class ScriptedEncoder:
    """A twin without weights: a text's vector is the sum of its words' fixed random directions."""

    name = "scripted"

    def __init__(self, size: int = 384, *, languages: frozenset[str] | None = None) -> None:
        self.size = size
        self.languages = languages

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = sum(_direction(word, self.size) for word in text.lower().split() or [""])
        if progress:
            progress(len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(min=1e-12)


def _direction(word: str, size: int) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(size).astype(np.float32)


_loading = threading.Lock()


def text_encoder() -> TextEncoder:
    """The encoder `ENCODER_MODEL` names; its weights are read once per process."""
    with _loading:
        return _load(settings.ENCODER_MODEL)


def declared_size(model: str) -> int | None:
    """How many numbers the encoder in a folder says it makes; None where that is not a folder."""
    config = Path(model) / "config.json"
    if not model or not config.is_file():
        return None
    size = json.loads(config.read_text()).get("hidden_size")
    return size if isinstance(size, int) else None


@cache
def _load(model: str) -> TextEncoder:
    # The backend brings torch, which costs seconds and must never load in a process that
    # encodes nothing.
    if model:
        return import_string("inference.backends.sentence.load_encoder")(model)
    return import_string("inference.backends.minilm.load_encoder")()
