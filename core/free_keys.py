"""Keys that nobody else has: made of a name, and numbered where that one is taken."""

from __future__ import annotations

from django.db import models


def free_key(table: type[models.Model], wanted: str) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3`, … that is free, as long as the field."""
    field = table._meta.get_field("key")
    longest = (field.max_length if isinstance(field, models.CharField) else None) or len(wanted)
    number, key = 1, wanted[:longest]
    while table._default_manager.filter(key=key).exists():
        number += 1
        end = f"-{number}"
        key = wanted[: longest - len(end)] + end
    return key
