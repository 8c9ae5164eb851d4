from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.health import Activity
from experiments.health.stale import check_stale
from experiments.stats import Minimums
from tests.experiments.health.contexts import active, at, context, pair


def test_people_who_stop_coming_are_noticed():
    found = check_stale(context(exposed=active(*range(6), last=6), now=at(9.1)))
    assert (found.severity, found.stage) == ("warning", "execution")
    assert "For 3 days nobody was given an arm" in found.sentence


def test_a_test_that_has_its_planned_people_waits_for_nobody():
    silent = {"exposed": active(*range(6), last=6), "counted": None, "now": at(9.1)}
    full = Minimums(planned_units=10_000)
    assert check_stale(context(**silent, minimums=full)) is None
    assert check_stale(context(**silent, minimums=replace(full, planned_units=10_001))) is not None


def test_a_weekly_newsletter_is_not_stale_between_two_sends():
    weekly = active(0, 7, 14, last=15)
    assert check_stale(context(exposed=weekly, counted=None, now=at(15 + 21))) is None
    assert check_stale(context(exposed=weekly, counted=None, now=at(15 + 22))) is not None


def test_one_send_on_one_day_is_no_pace():
    assert check_stale(context(exposed=active(0, last=1), counted=None, now=at(40))) is None


def test_a_test_nobody_came_into_is_noticed_after_two_days():
    empty = {"exposed": Activity(), "cells": ()}
    assert check_stale(context(**empty, now=at(2))) is None
    found = check_stale(context(**empty, now=at(2.5)))
    assert "started 2 days ago and nobody was given an arm" in found.sentence


def test_events_that_stop_are_noticed():
    found = check_stale(context(counted=active(*range(6), last=5.5)))
    assert (found.severity, found.stage) == ("warning", "log")
    assert "For 4 days nobody in the test did anything that is counted" in found.sentence


def test_no_event_at_all_is_noticed_once_there_are_people_enough():
    nothing = {"counted": Activity()}
    found = check_stale(context(**nothing))
    assert "10,000 people were given an arm" in found.sentence
    assert check_stale(context(**nothing, cells=pair(70, 70))) is None


def test_events_that_were_not_read_are_not_missed():
    assert check_stale(context(counted=None)) is None


@pytest.mark.parametrize("given", [{"is_running": False}, {"started_at": None}])
def test_only_a_running_test_can_be_stale(given):
    assert check_stale(context(exposed=Activity(), cells=(), **given)) is None
