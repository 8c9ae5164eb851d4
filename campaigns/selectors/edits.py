"""What people changed in copy, as pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.models import VariantEdit
from generation.briefs import Copy


@dataclass(frozen=True)
class EditPair:
    """A text before and after; `brief_key` and `brief` say what it was written for.

    `origin` says who wrote the variant: a person, or a generator.
    """

    id: int
    at: datetime
    by: str
    campaign: str
    variant: int
    origin: str
    channel: str
    brief_key: str
    before: dict[str, str]
    after: dict[str, str]
    brief: dict[str, Any]


def edit_pairs() -> Iterator[EditPair]:
    """Every edit, oldest first, a few hundred in memory at a time."""
    rows = VariantEdit.objects.select_related("variant__campaign", "actor").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        before, after = Copy.from_json(row.before), Copy.from_json(row.after)
        yield EditPair(
            id=row.pk,
            at=row.at,
            by=row.actor.get_username() if row.actor else "",
            campaign=row.variant.campaign.key,
            variant=row.variant_id,
            origin=row.variant.origin,
            channel=after.channel,
            brief_key=row.brief_key,
            before=dict(before.texts()),
            after=dict(after.texts()),
            brief=row.brief,
        )
