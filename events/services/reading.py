"""Readers that follow the log: each event is read once, whenever its transaction ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from core.transactions import all_over_below, current_transaction
from events.models import LogReader


@transaction.atomic
def news_read(name: str, read: Callable[[int, int], None], *, now: datetime) -> None:
    """Call `read(first, end)` for the transactions whose events are new, and remember it.

    Events with `first <= transaction_id < end` are all there and none can come any more. What
    `read` writes and how far it has come are one transaction: killed, it has done nothing, and of
    two at once, one waits and then finds no news.
    """
    LogReader.objects.get_or_create(name=name)
    reader = LogReader.objects.select_for_update().get(name=name)
    # A restored database may count its transactions from the beginning.
    first = reader.watermark if reader.watermark <= current_transaction() else 0
    end = all_over_below()
    if end > first:
        read(first, end)
    reader.watermark, reader.read_at = max(end, first), now
    reader.save(update_fields=["watermark", "read_at"])
