"""Feeds: fetched from the shop's own address, and read only where something changed."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from datetime import datetime, timedelta
from io import BufferedRandom
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Q

from catalog.loading import PRODUCTS
from catalog.models import Feed
from core.errors import CopyliftError
from core.fetching import Limits, fetch_into
from core.jobs import wake
from core.loading.rows import COUNTS, Summary, rows_load

log = structlog.get_logger(__name__)

LIMITS = Limits(bytes=2 * 1024**3, seconds=900)
LONGEST_PROBLEM = 500
GZIP, PARQUET = b"\x1f\x8b", b"PAR1"


def feeds_read_due(*, now: datetime) -> int:
    """Read every feed whose time has come; how many were. One that fails keeps none waiting."""
    due = Feed.objects.filter(Q(due_at__lte=now), is_active=True).order_by("due_at")
    return sum(_claimed_and_read(feed, now=now) for feed in due)


def _claimed_and_read(feed: Feed, *, now: datetime) -> bool:
    # The row is the claim: whoever moves the time on reads it.
    until = now + timedelta(hours=feed.every_hours)
    claimed = Feed.objects.filter(pk=feed.pk, due_at=feed.due_at).update(due_at=until)
    if claimed:
        feed_read(feed, now=now)
    return bool(claimed)


def feed_read(feed: Feed, *, now: datetime) -> Summary | None:
    """Fetch and import one feed; None where it is what it was, or cannot be used.

    What came of it is on the feed: `outcome` the counts, `problem` why it could not be used.
    """
    try:
        summary = _read(feed)
    except CopyliftError as error:
        log.warning("feed_failed", feed=feed.pk, error=str(error))
        Feed.objects.filter(pk=feed.pk).update(
            checked_at=now, problem=str(error)[:LONGEST_PROBLEM], digest=""
        )
        return None
    Feed.objects.filter(pk=feed.pk).update(
        checked_at=now,
        problem="",
        digest=feed.digest,
        outcome=_outcome(summary) if summary else feed.outcome,
    )
    if summary and (summary.inserted or summary.updated):
        wake("catalog.tasks.products_understand")
    return summary


def _read(feed: Feed) -> Summary | None:
    folder = Path(settings.VAR_DIR) / "feeds"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "feed"
        with path.open("w+b") as file:
            fetch_into(file, feed.url, limits=LIMITS)
            fingerprint = _fingerprint(file)
            suffix = suffix_of(file)
        if fingerprint == feed.digest:
            return None
        named = path.rename(path.with_name(f"feed{suffix}"))
        rejects = folder / f"{feed.pk}.rejects.jsonl"
        summary = rows_load(PRODUCTS, named, rejects_path=rejects, is_full=feed.is_full)
        feed.digest = fingerprint
        return summary


def _fingerprint(file: BufferedRandom) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def suffix_of(file: BufferedRandom) -> str:
    """The name's end that says how to read it, found in its first bytes: servers say anything."""
    file.seek(0)
    start = file.read(4)
    if start == PARQUET:
        return ".parquet"
    if start[:2] == GZIP:
        file.seek(0)
        with gzip.open(file) as unpacked:
            return f"{_text_suffix(unpacked.read(64))}.gz"
    file.seek(0)
    return _text_suffix(file.read(64))


def _text_suffix(start: bytes) -> str:
    signs = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if signs.startswith(b"<"):
        return ".xml"
    return ".jsonl" if signs.startswith(b"{") else ".csv"


def _outcome(summary: Summary) -> dict[str, Any]:
    counts = {name: getattr(summary, name) for name in COUNTS}
    return {**counts, "reasons": [str(reason) for reason in summary.reasons]}
