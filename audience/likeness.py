"""Profiles whose words are like a text: the text's vector, found once, and the conditions on it."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.db.models import FloatField, Q, Value
from django.db.models.lookups import LessThanOrEqual
from numpy.typing import NDArray
from pgvector.django import MaxInnerProduct

from audience.models import VECTOR_SIZE, Profile
from inference.encoders import text_encoder

KEEP_SECONDS = 30 * 24 * 3600


def is_like(text: str, at_least: float | None) -> Q:
    """Profiles whose cosine with the text is that large, counted exactly.

    Profile vectors have length 1, so the cosine is the inner product, which is read off without an
    index: one that finds neighbours cannot say how many there are without visiting every one.
    """
    away = MaxInnerProduct("vector", text_vector(text))
    return Q(LessThanOrEqual(away, Value(-(at_least or 0.0), output_field=FloatField())))


def closest_profiles(text: str, count: int) -> Q:
    """The `count` profiles most like the text; of equals, those of earlier contacts."""
    away = MaxInnerProduct("vector", text_vector(text))
    return Q(pk__in=Profile.objects.order_by(away, "contact_id").values("pk")[:count])


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
