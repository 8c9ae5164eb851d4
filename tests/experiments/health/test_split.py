from __future__ import annotations

import pytest

from experiments.health.split import check_split
from tests.experiments.health.contexts import (
    CONTROL,
    CURIOSITY,
    URGENCY,
    at,
    cell,
    context,
    pair,
)


def test_sizes_as_planned_are_no_finding():
    assert check_split(context()) is None


def test_nobody_at_all_is_no_mismatch():
    assert check_split(context(cells=())) is None


def test_a_mismatch_overall_blocks_the_verdict():
    # The example of Kohavi, Tang and Xu (2020): 821,588 against 815,482, p = 1.8e-6.
    found = check_split(context(cells=pair(821_588, 815_482)))
    assert (found.check, found.severity) == ("split", "blocks")
    assert found.evidence["p_value"] == pytest.approx(1.8e-6, rel=0.02)
    assert found.evidence["expected.control"] == 818_535
    assert "Control has 821,588 where 818,535 were planned" in found.sentence


def test_a_mismatch_that_chance_makes_in_two_of_a_thousand_tests_is_none():
    # |550 - 500| / sqrt(250) = 3.16 standard errors: p = 0.0016.
    assert check_split(context(cells=pair(550, 450))) is None


def test_expected_sizes_are_summed_over_the_periods_weights():
    cells = (*pair(500, 500, on=0, period=0), *pair(100, 900, on=1, period=1))
    weights = {0: {"control": 0.5, "urgency": 0.5}, 1: {"control": 0.1, "urgency": 0.9}}
    assert check_split(context(cells=cells, weights=weights)) is None
    assert check_split(context(cells=cells)).severity == "blocks"


def test_an_arm_that_got_no_traffic_in_a_period_may_not_have_units_of_it():
    weights = {0: {"control": 0.5, "urgency": 0.5}, 1: {"control": 1.0, "urgency": 0.0}}
    cells = (*pair(500, 500), cell("control", 40, on=1, period=1))
    assert check_split(context(cells=cells, weights=weights)) is None


def test_a_mismatch_in_one_segment_only_names_that_segment_and_the_assignment():
    cells = (
        *pair(1000, 1010, stratum="loyal"),
        *pair(700, 300, stratum="lapsed"),
        *pair(995, 1000, stratum=""),
    )
    found = check_split(context(cells=cells))
    assert (found.severity, found.stage) == ("blocks", "assignment")
    assert "It is only so in 'lapsed'; everywhere else the sizes fit." in found.sentence


def test_two_bad_segments_are_both_named():
    cells = (
        *pair(5000, 5010, stratum="loyal"),
        *pair(700, 300, stratum="lapsed"),
        *pair(690, 310, stratum=""),
    )
    found = check_split(context(cells=cells))
    assert "only so in everyone else and 'lapsed'" in found.sentence


def test_segments_that_make_up_for_each_other_are_a_warning_not_a_block():
    cells = (
        *pair(700, 300, stratum="lapsed"),
        *pair(4800, 5200, stratum="loyal"),
        *pair(5100, 4900, stratum="new"),
    )
    found = check_split(context(cells=cells))
    assert (found.severity, found.stage) == ("warning", "assignment")
    assert "only so in 'lapsed' and 'loyal'" in found.sentence
    assert "In the worst of them: Of 1,000 people" in found.sentence
    assert "Overall the sizes fit" in found.sentence
    assert found.evidence["observed.control"] == 700


def test_a_segment_has_to_pass_the_level_divided_by_the_number_of_segments():
    # 562 of 1000: z = 3.92, p = 8.8e-5: below 0.001 / 4, not below 0.001 / 12.
    def cells(fitting):
        return (
            *pair(562, 438, stratum="odd"),
            *(one for n in range(fitting) for one in pair(5000, 5000, stratum=f"s{n}")),
        )

    assert check_split(context(cells=cells(3))) is not None
    assert check_split(context(cells=cells(11))) is None


def test_a_small_segment_is_not_judged():
    cells = (*pair(5000, 5000, stratum="loyal"), *pair(38, 0, stratum="tiny"))
    assert check_split(context(cells=cells)) is None


def test_a_mismatch_from_one_day_on_names_the_day_and_what_was_changed():
    fits = [one for on in range(5) for one in pair(500, 500, on=on)]
    broken = [one for on in range(5, 10) for one in pair(560, 440, on=on)]
    found = check_split(context(cells=tuple(fits + broken)))
    assert (found.severity, found.stage) == ("blocks", "execution")
    assert "It began on 8 March" in found.sentence
    assert "a deployment" in found.cure


def test_a_mismatch_on_the_last_day_only_may_be_late_reports():
    cells = [one for on in range(9) for one in pair(500, 500, on=on)] + [*pair(900, 100, on=9)]
    found = check_split(context(cells=tuple(cells)))
    assert (found.severity, found.stage) == ("blocks", "log")
    assert "since 12 March, the last day" in found.sentence


@pytest.mark.parametrize("given", [{"is_running": False}, {"now": at(12)}])
def test_reports_of_an_ended_test_or_of_days_ago_are_not_late_any_more(given):
    cells = [one for on in range(9) for one in pair(500, 500, on=on)] + [*pair(900, 100, on=9)]
    assert check_split(context(cells=tuple(cells), **given)).stage == "execution"


def test_a_mismatch_that_was_repaired_names_the_last_bad_day():
    broken = [one for on in range(3) for one in pair(600, 400, on=on)]
    fits = [one for on in range(3, 10) for one in pair(500, 500, on=on)]
    found = check_split(context(cells=tuple(broken + fits)))
    assert "only so until 5 March" in found.sentence
    assert found.stage == "execution"


def test_a_mismatch_on_one_day_in_the_middle_names_that_day():
    cells = [one for on in range(10) if on != 4 for one in pair(500, 500, on=on)]
    found = check_split(context(cells=(*cells, *pair(800, 200, on=4))))
    assert "only so for people of 7 March" in found.sentence


@pytest.mark.parametrize(("is_external", "stage"), [(False, "assignment"), (True, "log")])
def test_a_mismatch_everywhere_points_at_the_split_or_the_email_tool(is_external, stage):
    cells = tuple(
        one
        for on in range(10)
        for stratum in ("loyal", "new")
        for one in pair(550, 450, on=on, stratum=stratum)
    )
    found = check_split(context(cells=cells, is_external=is_external))
    assert (found.severity, found.stage) == ("blocks", stage)
    assert "in all segments and on all days alike" in found.sentence


def test_three_arms_of_unequal_weights_are_judged_by_their_weights():
    arms = (CONTROL, URGENCY, CURIOSITY)
    weights = {0: {"control": 0.5, "urgency": 0.25, "curiosity": 0.25}}

    def cells(*sizes):
        return tuple(cell(arm.key, units) for arm, units in zip(arms, sizes, strict=True))

    assert check_split(context(arms=arms, weights=weights, cells=cells(2000, 1000, 1000))) is None
    found = check_split(context(arms=arms, weights=weights, cells=cells(2000, 1100, 900)))
    # 100^2 / 1000 twice = 20 on two degrees of freedom: exp(-10).
    assert found.evidence["p_value"] == pytest.approx(4.54e-5, rel=0.001)
