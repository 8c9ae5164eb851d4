"""Template filters of the campaign pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template

from core.money import money as write_money
from generation.briefs import Copy
from web import figures
from web.previews import Preview, Sample, preview

register = template.Library()


@register.filter
def number(value: int | None) -> str:
    """A whole number with thousands separators."""
    return figures.count(value)


@register.filter
def percent(share: float | None) -> str:
    """A share in percent."""
    return figures.percent(share)


@register.filter
def money(amount: float | Decimal, currency: str) -> str:
    """What one person or one message brings or costs, to the cent."""
    return write_money(amount, currency)


@register.filter
def whole_money(amount: float | Decimal, currency: str) -> str:
    """A sum over many people: its cents would tell nothing."""
    return write_money(amount, currency, decimals=0)


@register.filter
def last_value(estimates: Sequence[Mapping[str, float]]) -> float:
    """The value of the last of several estimates."""
    return estimates[-1]["value"]


@register.filter
def lookup(mapping: Mapping[Any, Any], key: object) -> object:
    """`mapping[key]`, or nothing."""
    return mapping.get(key, "")


@register.simple_tag
def previewed(copy: Copy, sample: Sample) -> Preview:
    """The copy as `sample` would read it."""
    return preview(copy, sample)


@register.filter
def split_words(text: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text.split(",") if word.strip()]
