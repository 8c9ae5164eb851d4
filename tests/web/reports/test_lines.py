from __future__ import annotations

from dataclasses import replace

from campaigns.selectors.report_values import ArmResult, Interval, MetricReport, MetricTable
from web.reports.lines import lift_rows, table_of, tone_of

ARM = ArmResult(
    key="urgency",
    name="Urgency",
    is_control=False,
    units=1200,
    converters=60,
    total=None,
    mean=Interval(0.05, 0.04, 0.063),
    difference=Interval(0.01, 0.002, 0.018),
    lift=Interval(0.25, 0.04, 0.48),
    p_value=0.01,
    p_adjusted=0.02,
    beats_control=0.99,
    is_best=0.9,
    expected_loss=0.0001,
    error=None,
)
TABLE = MetricTable("", "everyone", (ARM,))
METRIC = MetricReport("conversion", "Conversion", "conversion", "goal", False, TABLE, ())


def test_an_interval_above_zero_is_better():
    assert tone_of(METRIC, ARM, level=0.05) == "better"


def test_where_less_is_better_an_interval_above_zero_is_worse():
    metric = replace(METRIC, is_lower_better=True)
    assert tone_of(metric, ARM, level=0.05) == "worse"


def test_an_interval_across_zero_is_not_decided():
    arm = replace(ARM, difference=Interval(0.01, -0.002, 0.02))
    assert tone_of(METRIC, arm, level=0.05) == "unclear"


def test_what_the_adjusted_p_value_doubts_is_not_decided():
    assert tone_of(METRIC, replace(ARM, p_adjusted=0.08), level=0.05) == "unclear"


def test_a_line_reads_well():
    line = table_of(METRIC, TABLE, level=0.05).lines[0]
    shown = (line.units, line.converters, line.rate, line.lift, line.lift_interval, line.p_value)
    assert shown == ("1,200", "60", "5.00%", "+25.0%", "[+4.0%, +48.0%]", "0.020")


def test_a_comparison_that_could_not_be_made_shows_why_and_no_number():
    arm = replace(ARM, difference=None, lift=None, p_value=None, p_adjusted=None,
                  beats_control=None, expected_loss=None, error="too few people")  # fmt: skip
    line = table_of(METRIC, MetricTable("", "everyone", (arm,)), level=0.05).lines[0]
    assert (line.error, line.lift, line.p_value) == ("too few people", "—", "—")


def test_arms_without_a_lift_are_not_in_the_chart():
    control = replace(ARM, is_control=True, difference=None, lift=None)
    rows = lift_rows(METRIC, MetricTable("", "everyone", (control, ARM)), level=0.05)
    assert [row.arm for row in rows] == ["Urgency"]
