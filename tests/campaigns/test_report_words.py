from __future__ import annotations

from dataclasses import replace

import pytest

from campaigns.report_words import (
    cuped_words,
    interaction_words,
    margin_words,
    progress_words,
    repeated_words,
    waiting_words,
)
from campaigns.selectors.report_values import (
    Interval,
    Margin,
    MetricTable,
    ProgressReport,
    Shrunken,
)
from tests.web.reports.test_lines import ARM, METRIC


@pytest.mark.parametrize(
    ("waiting", "hours", "words"),
    [
        (0, 72, ""),
        (1, 72, "1 person is still within their 72-hour window: left out"),
        (1200, None, "1,200 people are still within their window: left out"),
    ],
)
def test_people_who_wait_are_counted_in_words(waiting, hours, words):
    assert waiting_words(replace(METRIC, waiting=waiting, window_hours=hours)) == words


@pytest.mark.parametrize(
    ("kept", "words"),
    [(None, ""), (0.3844, "CUPED: interval 38% narrower"), (0.999, "CUPED: no narrower")],
)
def test_the_gain_of_cuped_is_that_of_the_interval(kept, words):
    table = MetricTable("", "everyone", (ARM,), variance_kept=kept)
    assert cuped_words(replace(METRIC, overall=table)) == words


@pytest.mark.parametrize(
    ("is_lower_better", "is_relative", "is_shown", "words"),
    [
        (False, True, True, "Urgency: shown not to lose more than 2%"),
        (False, False, False, "Urgency: not shown yet not to lose more than 2 points"),
        (True, True, True, "Urgency: shown not to rise by more than 2%"),
    ],
)
def test_a_margin_is_shown_or_not_yet(is_lower_better, is_relative, is_shown, words):
    metric = replace(METRIC, is_lower_better=is_lower_better, is_margin_relative=is_relative)
    assert margin_words(metric, ARM, Margin(0.02, is_shown, 0.01)) == words


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (None, ""),
        (0.004, "Urgency works differently by segment (p = 0.004)."),
        (0.0001, "Urgency works differently by segment (p < 0.001)."),
        (0.4, "No sign that Urgency works differently by segment (p = 0.400)."),
    ],
)
def test_segments_differ_in_a_plain_sentence(p, words):
    assert interaction_words(replace(ARM, interaction_p=p), level=0.05) == words


def test_the_best_of_several_arms_is_expected_to_do_less_well_again():
    best = replace(ARM, shrunken=Shrunken(Interval(0.045, 0.04, 0.05), 0.5, lift=0.15))
    other = replace(best, key="curiosity", name="Curiosity", lift=Interval(0.1, -0.1, 0.3))
    metric = replace(METRIC, overall=MetricTable("", "everyone", (other, best)))
    assert repeated_words(metric) == (
        "Urgency came out at +25.0%. The best of several arms is partly the luckiest: "
        "sent again, expect about +15.0%."
    )


def test_one_arm_alone_is_no_winner_of_several():
    only = replace(ARM, shrunken=Shrunken(Interval(0.045, 0.04, 0.05), 0.5, lift=0.15))
    metric = replace(METRIC, overall=MetricTable("", "everyone", (only,)))
    assert repeated_words(metric) == ""


def test_progress_is_one_line():
    progress = ProgressReport(2010, 4000, 100.4, 20, 0.123)
    assert progress_words(progress) == (
        "2,010 people of 4,000 planned, 100 a day, 20 days left, can show a lift of +12.3% or more"
    )
    assert progress_words(ProgressReport(5, None, None, None, None)) == "5 people"
