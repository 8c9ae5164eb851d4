"""One style of dates: what pages say with Django's own names, and what the admin's lists show."""

from datetime import UTC, datetime, timedelta, timezone

from django.template import Context, Template
from django.utils.formats import date_format, localize

WHEN = datetime(2026, 11, 3, 7, 5, tzinfo=UTC)


def test_a_day_and_a_moment_are_written_one_way():
    page = Template('{{ when|date:"DATE_FORMAT" }} | {{ when|date:"DATETIME_FORMAT" }}')
    assert page.render(Context({"when": WHEN})) == "3 Nov 2026 | 3 Nov 2026, 07:05 UTC"
    assert localize(WHEN) == "3 Nov 2026, 07:05 UTC"


def test_hours_are_the_shops_whatever_came_in():
    elsewhere = WHEN.astimezone(timezone(timedelta(hours=9)))
    page = Template('{{ when|date:"DATETIME_FORMAT" }}')
    assert page.render(Context({"when": elsewhere})) == "3 Nov 2026, 07:05 UTC"
    assert date_format(WHEN, "DATE_FORMAT") == "3 Nov 2026"
