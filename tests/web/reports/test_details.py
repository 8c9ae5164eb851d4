from __future__ import annotations

from dataclasses import replace

from campaigns.selectors.report_values import (
    Beside,
    Informed,
    Interval,
    Margin,
    MetricTable,
    Shrunken,
)
from tests.web.reports.test_lines import ARM, METRIC
from web.reports.details import details_of
from web.reports.lines import table_of


def details(arm, **fields):
    table = MetricTable("", "everyone", (arm,), variance_kept=fields.pop("kept", None))
    return details_of(replace(METRIC, overall=table, **fields), level=0.05)


def test_badges_say_what_was_done_to_the_figure():
    found = details(ARM, kept=0.36, is_capped=True, waiting=3, window_hours=72, covariate_days=28)
    assert [badge.words for badge in found.badges] == [
        "CUPED: interval 40% narrower",
        "capped",
        "3 people are still within their 72-hour window: left out",
    ]


def test_a_plain_figure_has_no_badge_and_nothing_folded():
    found = details(ARM)
    assert (found.badges, found.margins, found.has_more) == ((), (), False)


def test_a_margin_has_its_line():
    found = details(replace(ARM, margin=Margin(0.02, True, 0.01)))
    assert [(line.words, line.is_shown) for line in found.margins] == [
        ("Urgency: shown not to lose more than 2%", True)
    ]


def test_the_same_lift_counted_another_way():
    beside = Beside(Interval(0.02, 0, 0.04), Interval(0.3, -0.1, 0.9), 0.2)
    arm = replace(
        ARM, plain=beside, uncapped=beside, lift_adjusted=Interval(0.25, -0.02, 0.6),
        stratified=Interval(0.011, 0.001, 0.02),
    )  # fmt: skip
    ways = details(arm).ways
    assert [(way.way, way.lift) for way in ways] == [
        ("without CUPED", "+30.0%"),
        ("without the cap", "+30.0%"),
        ("as if it were the only comparison", "+25.0%"),
        ("segments weighed alike in both arms (a difference)", "+1.10 pp"),
    ]


def test_past_tests_speak_in_a_sentence():
    arm = replace(ARM, informed=Informed(Interval(0.12, 0.02, 0.2), 0.97))
    assert details(arm).past == (
        "Urgency: +12.0% [+2.0%, +20.0%], better than control with a chance of 97.0%.",
    )


def test_only_a_segment_has_a_shrunken_column():
    arm = replace(ARM, shrunken=Shrunken(Interval(0.006, 0.001, 0.012), 0.4))
    overall = MetricTable("", "everyone", (arm,))
    metric = replace(METRIC, overall=overall)
    assert not table_of(metric, overall, level=0.05).has_shrunken
    segment = table_of(metric, MetricTable("knits", "Knits", (arm,)), level=0.05)
    assert segment.lines[0].shrunken == "+0.60 pp"


def test_the_headline_is_the_adjusted_interval_and_decides_the_colour():
    arm = replace(
        ARM, lift_adjusted=Interval(0.25, -0.02, 0.6),
        difference_adjusted=Interval(0.01, -0.001, 0.021),
    )  # fmt: skip
    line = table_of(METRIC, MetricTable("", "everyone", (arm,)), level=0.05).lines[0]
    assert (line.lift_interval, line.tone) == ("[−2.0%, +60.0%]", "unclear")


def test_where_nothing_can_be_divided_by_the_difference_stands():
    arm = replace(ARM, lift=None, error="the control's mean is zero")
    line = table_of(METRIC, MetricTable("", "everyone", (arm,)), level=0.05).lines[0]
    assert (line.lift, line.lift_interval, line.error) == (
        "+1.00 pp", "difference; no lift to be had", "",
    )  # fmt: skip
