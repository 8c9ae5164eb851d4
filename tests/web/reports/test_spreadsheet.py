from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.selectors.report_values import (
    Beside,
    Interval,
    Margin,
    MetricTable,
    Report,
    ReportHeader,
)
from tests.web.reports.test_lines import ARM, METRIC
from web.reports.spreadsheet import spreadsheet

HEADER = ReportHeader(
    "spring", "Spring", "live", "live", "Order", (), (), None, None, 0, 0.95, None
)


def read(arm, metric=METRIC):
    metric = replace(metric, overall=MetricTable("", "everyone", (arm,)))
    text = spreadsheet(Report(HEADER, (metric,), None, None, ()))
    return next(csv.DictReader(io.StringIO(text)))


def test_numbers_are_exact():
    row = read(replace(ARM, total=Decimal("1234567.8901")))
    assert (row["units"], row["total"], row["lift"]) == ("1200", "1234567.8901", "0.25")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_name_becomes_a_formula(start):
    assert read(replace(ARM, name=f"{start}cmd()"))["arm"] == f"'{start}cmd()"


def test_negative_numbers_stay_numbers():
    assert read(replace(ARM, p_value=-0.5))["p_value"] == "-0.5"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_names_survive_the_way_there_and_back(name):
    assert read(replace(ARM, name=name))["arm"].removeprefix("'") == name.removeprefix("'")


def test_the_new_figures_have_columns_of_their_own():
    arm = replace(
        ARM,
        lift_adjusted=Interval(0.25, 0.01, 0.55),
        plain=Beside(None, Interval(0.3, -0.1, 0.9), 0.2),
        uncapped=Beside(None, None, 0.4),
        margin=Margin(0.02, False, 0.3),
    )
    row = read(arm, replace(METRIC, window_hours=72))
    assert (row["lift_low_adjusted"], row["lift_high_adjusted"]) == ("0.01", "0.55")
    assert (row["lift_without_cuped"], row["p_value_without_cuped"]) == ("0.3", "0.2")
    assert (row["lift_without_cap"], row["p_value_without_cap"]) == ("", "0.4")
    assert (row["margin"], row["margin_is_kept"], row["window_hours"]) == (
        "0.02", "not shown", "72",
    )  # fmt: skip
