"""Copy in rows: where a template or a variant keeps its texts, whatever the channel."""

from __future__ import annotations

from typing import Any

from campaigns.models import Template, Variant
from generation.briefs import COPY_FIELDS, Copy
from generation.channels import EMAIL


def copy_of(row: Template | Variant) -> Copy:
    if row.channel == EMAIL:
        return Copy(*(getattr(row, name) for name in COPY_FIELDS))
    return Copy(channel=row.channel, **row.content)


def columns_of(copy: Copy) -> dict[str, Any]:
    """The copy as values for a row's columns."""
    texts = dict(copy.texts())
    if copy.channel == EMAIL:
        return {"channel": EMAIL, "content": {}, **texts}
    return {"channel": copy.channel, "content": texts, **dict.fromkeys(COPY_FIELDS, "")}


def set_copy(row: Template | Variant, copy: Copy) -> None:
    """Put the copy into the row; saving it is the caller's."""
    for column, value in columns_of(copy).items():
        setattr(row, column, value)
