"""The page of `make bench-doors` says what was measured, and where it falls short."""

from datetime import date

import pytest

from benchmarks import decide_campaign
from benchmarks.doors.page import ROWS, Run, page

FIGURES = {row.figure: 1.0 for row in ROWS} | {
    "known contact, per second": 1_234.5,
    "known contact / bare view": 0.6,
    "known contact at 70% of that load, p99 ms": 25.0,
    "bulk, contacts per second": 20_000.0,
    "bulk again, contacts per second": 19_999.0,
}


def line_of(words, text):
    return next(line for line in text.splitlines() if line.startswith(f"| {words}"))


def test_a_figure_on_its_bound_is_met_where_at_least_is_asked_and_missed_where_below():
    text = page(Run(date(2026, 11, 27), 2, 0.1, FIGURES))
    assert "| 1,234/s |" in line_of("`/v1/decide`, contact known", text)
    assert line_of("the first as a share", text).endswith("| 0.6 | at least 0.6: met |")
    assert line_of("known contact at 70 % of its load", text).endswith("below 25 ms: **missed** |")
    assert line_of("bulk, one list", text).endswith(": met |")
    assert line_of("bulk, the same", text).endswith(": **missed** |")


def test_a_busy_machine_is_said():
    assert "shared**" not in page(Run(date(2026, 11, 27), 2, 0.1, FIGURES))
    assert "the machine was shared" in page(Run(date(2026, 11, 27), 2, 7.0, FIGURES))


@pytest.mark.django_db
def test_the_campaign_that_is_measured_gives_everybody_an_arm_of_the_test():
    from django.utils import timezone

    from campaigns.personalise import decide

    known = decide_campaign.prepare(8)
    people = [*known, *decide_campaign.fresh_ids(8)]
    said = [decide(decide_campaign.CAMPAIGN, one, now=timezone.now()) for one in people]
    assert all(one.assignment for one in said)
    assert {one.segment for one in said} == {f"bench-{number}" for number in range(4)}
