"""System checks of the audience."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from audience.models import VECTOR_SIZE
from inference.encoders import declared_size


@register()
def check_encoder_fits(**_: Any) -> list[CheckMessage]:
    """Only a folder can be looked into without fetching; a hub id is judged on its first use."""
    size = declared_size(settings.ENCODER_MODEL)
    if size in (None, VECTOR_SIZE):
        return []
    return [
        Error(
            f"ENCODER_MODEL makes vectors of {size} numbers; the database holds {VECTOR_SIZE}.",
            hint=f"Choose an encoder of {VECTOR_SIZE} numbers, or leave ENCODER_MODEL empty.",
            id="audience.E001",
        )
    ]
