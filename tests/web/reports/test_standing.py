from __future__ import annotations

from dataclasses import replace

import pytest

from campaigns.selectors.report_values import (
    Balance,
    HealthFinding,
    LookingReport,
    ProgressReport,
    Report,
)
from tests.web.reports.test_lines import METRIC
from tests.web.reports.test_spreadsheet import HEADER
from web.reports.standing import soundness_of, standing_of

BALANCE = Balance(0.4, {"urgency": 1200}, {"urgency": 1199.6}, False, "The sizes fit.")
PROGRESS = ProgressReport(2010, 4000, 100.4, 20, 0.123)
REPORT = Report(HEADER, (METRIC,), BALANCE, None, (), progress=PROGRESS)


def finding(severity):
    return HealthFinding("stale", severity, "Nothing new", "No event came.", "Look.", "log")


def facts(report):
    return dict(standing_of(report).facts)


def test_progress_says_pace_days_and_what_could_be_found():
    assert facts(REPORT) == {
        "Pace": "100 people a day",
        "Days left": "20 at this pace",
        "Smallest lift they can show": "+12.3%",
    }
    assert standing_of(REPORT).units == "2,010 of 4,000 people"


def test_without_a_planned_sample_there_is_no_bar():
    standing = standing_of(replace(REPORT, progress=ProgressReport(5, None, None, None, None)))
    assert (standing.units, standing.share) == ("5 people so far", None)


@pytest.mark.parametrize(
    ("progress", "name", "words"),
    [
        (replace(PROGRESS, units=4000), "Planned sample", "reached"),
        (replace(PROGRESS, days_left=None), "Days left", "unknown: nobody comes in now"),
    ],
)
def test_the_end_is_reached_or_not_to_be_seen(progress, name, words):
    assert facts(replace(REPORT, progress=progress))[name] == words


def test_the_next_planned_look_is_named():
    looks = LookingReport("group_sequential", next_look=2400)
    assert facts(replace(REPORT, looks=looks))["Next planned look"] == "at 2,400 people"


def test_an_analysis_from_before_has_no_progress():
    assert standing_of(replace(REPORT, progress=None)) is None


@pytest.mark.parametrize(
    ("severities", "tone"), [([], "good"), (["note"], "good"), (["warning"], "warn"),
                             (["warning", "blocks"], "bad")],
)  # fmt: skip
def test_the_worst_finding_gives_the_tone(severities, tone):
    report = replace(REPORT, health=tuple(map(finding, severities)))
    assert soundness_of(report).tone == tone


def test_a_split_that_is_off_is_said_before_anything_else():
    balance = replace(BALANCE, is_mismatch=True, note="Sizes do not fit.")
    found = soundness_of(replace(REPORT, balance=balance, health=(finding("note"),)))
    assert found.answer == "The split is off. Sizes do not fit."
    assert found.is_open


def test_findings_name_the_stage_in_words_and_arms_go_by_their_names():
    found = soundness_of(replace(REPORT, health=(finding("warning"),)))
    assert found.findings[0].stage == "Log: what is recorded of it"
    assert found.split == (("Urgency", "1,200", "1,200"),)


def test_what_blocks_is_named_and_counted():
    report = replace(REPORT, health=(finding("blocks"), finding("blocks")))
    assert soundness_of(report).answer == ("No verdict may be read: nothing new and 1 more.")


def test_a_warning_is_named_and_folded():
    found = soundness_of(replace(REPORT, health=(finding("warning"),)))
    assert found.answer.endswith("Be careful: nothing new.")
    assert not found.is_open
