"""Whose words are like a text: the text's vector, found once, and the rows like it."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.db.models import FloatField, QuerySet, Value
from django.db.models.lookups import LessThanOrEqual
from numpy.typing import NDArray
from pgvector.django import MaxInnerProduct

from audience.models import VECTOR_SIZE, CompactVector
from inference.encoders import text_encoder

KEEP_SECONDS = 30 * 24 * 3600


def vectors_like(text: str, *, at_least: float | None) -> QuerySet[CompactVector]:
    """Those whose cosine with the text is that large, every one of them.

    Vectors have length 1, so the cosine is the inner product. They are read through without an
    index: one for neighbours has to visit as many as there are, and misses some
    (docs/explanation/segments-measured.md).
    """
    away = MaxInnerProduct("vector", text_vector(text))
    enough = LessThanOrEqual(away, Value(-(at_least or 0.0), output_field=FloatField()))
    return CompactVector.objects.filter(enough)


def closest_vectors(text: str, *, count: int) -> QuerySet[CompactVector]:
    """The `count` most like the text; of equals, those of earlier contacts."""
    away = MaxInnerProduct("vector", text_vector(text))
    return CompactVector.objects.order_by(away, "contact_id")[:count]


def text_vector(text: str) -> NDArray[np.float32]:
    """The unit vector of a text: from this process, from the cache, or from the encoder."""
    # By the encoder's setting, so that vectors of one never meet profiles of another, and a vector
    # that is kept costs no loading of the encoder.
    return _vector(settings.ENCODER_MODEL, " ".join(text.split()))


@lru_cache(maxsize=256)
def _vector(encoder: str, text: str) -> NDArray[np.float32]:
    key = f"likeness:{hashlib.sha256(f'{encoder}:{text}'.encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is None:
        vector = text_encoder().encode([text])[0]
        kept = (vector / np.linalg.norm(vector).clip(min=1e-12)).astype(np.float32).tobytes()
        cache.set(key, kept, KEEP_SECONDS)
    return np.frombuffer(kept, dtype=np.float32, count=VECTOR_SIZE)
