from __future__ import annotations

from experiments.health.too_little import check_too_little
from experiments.stats import Minimums
from tests.experiments.health.contexts import STARTED_AT, at, context, pair


def test_an_arm_below_the_minimum_is_a_note_and_no_block():
    found = check_too_little(context(cells=pair(150, 149)))
    assert (found.severity, found.stage) == ("note", "analysis")
    assert found.sentence == "Urgency has fewer than 150 people."
    assert (found.evidence["few_arms"], found.evidence["smallest_arm"]) == (1, 149)


def test_all_arms_at_the_minimum_are_enough():
    assert check_too_little(context(cells=pair(150, 150))) is None


def test_an_arm_that_was_turned_off_waits_for_nobody():
    weights = {0: {"control": 0.5, "urgency": 0.5}, 1: {"control": 1.0, "urgency": 0.0}}
    cells = (*pair(100, 100), *pair(400, 0, on=1, period=1))
    assert check_too_little(context(cells=cells, weights=weights)) is None


def test_too_few_days_are_named():
    found = check_too_little(context(now=at(2.9)))
    assert found.sentence == "The test has run 2 days of at least 3."
    assert check_too_little(context(now=at(3))) is None


def test_the_experiments_own_minimums_count():
    few = context(cells=pair(400, 400), minimums=Minimums(units_per_arm=500, days=1))
    assert check_too_little(few).evidence["few_arms"] == 2


def test_windows_that_are_mostly_open_are_named():
    found = check_too_little(context(cells=pair(500, 500), waiting=501, window_hours=72))
    assert "501 of 1,000 people the 72 hours" in found.sentence
    assert check_too_little(context(cells=pair(500, 500), waiting=500, window_hours=72)) is None


def test_a_draft_has_too_little_of_nothing():
    assert check_too_little(context(started_at=None, cells=(), now=STARTED_AT)) is None
