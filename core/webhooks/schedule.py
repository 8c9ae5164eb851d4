"""When a webhook that failed is tried again. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random

# Standard Webhooks' own proposal: three days and a bit in all.
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
MOST_ATTEMPTS = len(PAUSES) + 1
JITTER = 0.2
LONGEST_PAUSE = timedelta(days=1)


def pause_after(attempts: int, rng: Random) -> timedelta | None:
    """How long to wait after so many attempts, up to a fifth longer or shorter; None: give up.

    >>> timedelta(seconds=4) <= pause_after(1, Random(1)) <= timedelta(seconds=6)
    True
    >>> pause_after(10, Random(1)) is None
    True
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return PAUSES[attempts - 1] * rng.uniform(1 - JITTER, 1 + JITTER)


def retry_after(header: str, *, now: datetime) -> timedelta | None:
    """What a receiver asks for, in seconds or as a date, at most a day; None: nothing readable.

    >>> noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    >>> retry_after("120", now=noon), retry_after("soon", now=noon)
    (datetime.timedelta(seconds=120), None)
    >>> retry_after("Mon, 06 May 2024 12:10:00 GMT", now=noon)
    datetime.timedelta(seconds=600)
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        asked = timedelta(seconds=min(int(text[:10]), LONGEST_PAUSE.total_seconds()))
    else:
        try:
            asked = parsedate_to_datetime(text).replace(tzinfo=UTC) - now
        except ValueError:
            return None
    return min(max(asked, timedelta(0)), LONGEST_PAUSE)
