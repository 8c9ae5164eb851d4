"""The calendar of the event log: it is kept in parts, one a month (UTC) in which events came in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

PART = "events_event_"


def month_of(moment: datetime) -> date:
    """The first day of the month, by UTC, that the aware moment lies in.

    >>> from datetime import timedelta, timezone
    >>> month_of(datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))))
    datetime.date(2026, 11, 1)
    """
    return moment.astimezone(UTC).date().replace(day=1)


def months_later(month: date, count: int) -> date:
    """The month so many after; before, if the count is negative.

    >>> months_later(date(2026, 11, 1), 2), months_later(date(2026, 1, 1), -13)
    (datetime.date(2027, 1, 1), datetime.date(2024, 12, 1))
    """
    years, place = divmod(month.month - 1 + count, 12)
    return date(month.year + years, place + 1, 1)


def months_between(first: date, last: date) -> Iterator[date]:
    """Every month from the first to the last, both included.

    >>> [str(month) for month in months_between(date(2026, 11, 1), date(2027, 1, 1))]
    ['2026-11-01', '2026-12-01', '2027-01-01']
    """
    month = first
    while month <= last:
        yield month
        month = months_later(month, 1)


def start_of(month: date) -> datetime:
    """The first moment of the month."""
    return datetime(month.year, month.month, 1, tzinfo=UTC)


def part_name(month: date) -> str:
    """The table that holds the month.

    >>> part_name(date(2026, 3, 1))
    'events_event_2026_03'
    """
    return f"{PART}{month:%Y_%m}"


def month_in(name: str) -> date:
    """The month that a part of this name holds.

    >>> month_in("events_event_2026_03")
    datetime.date(2026, 3, 1)
    """
    year, month = name.removeprefix(PART).split("_")
    return date(int(year), int(month), 1)
