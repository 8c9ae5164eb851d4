"""Planned looks: which analysis of a group-sequential test is one, taken once and kept."""

from __future__ import annotations

import math
from datetime import datetime
from typing import cast

from experiments.models import Experiment, Look
from experiments.results import LookRule
from experiments.stats import TUNED_FOR_UNITS
from experiments.stats.spending import Spending


def look_rule(
    experiment: Experiment, *, units: int, now: datetime, is_kept: bool = True
) -> LookRule:
    """The rule of the experiment at so many units; a look that is due is taken.

    Called under the lock of the roll-up's row, so that two workers do not take one look twice.

    Args:
        experiment: Whose rule.
        units: Of all arms, by now.
        now: What the time is.
        is_kept: Whether a look that is due is written down; else it is only looked at.
    """
    if experiment.looks == Experiment.Looks.FIXED:
        return LookRule(confidence=experiment.confidence)
    if experiment.looks == Experiment.Looks.ANYTIME:
        return LookRule(
            rule="anytime",
            confidence=experiment.confidence,
            tuned_for=float(experiment.planned_units or TUNED_FOR_UNITS),
        )
    return _planned_rule(experiment, units=units, now=now, is_kept=is_kept)


def _planned_rule(experiment: Experiment, *, units: int, now: datetime, is_kept: bool) -> LookRule:
    planned, looks = experiment.planned_units or 1, experiment.planned_looks
    taken = list(experiment.looks_taken.order_by("number"))
    information = min(units / planned, 1.0)
    due = math.floor(information * looks + 1e-9)
    last = taken[-1] if taken else None
    if due > (last.number if last else 0):
        look = Look(
            experiment=experiment, number=due, information=information, units=units, taken_at=now
        )
        if is_kept:
            look.save(force_insert=True)
        is_look, earlier = True, [look.information for look in taken]
    else:
        # Nobody came since: it is the last look, looked at once more.
        is_look = last is not None and (last.units == units or last.number == looks)
        earlier = [look.information for look in taken[: len(taken) - is_look]]
    return LookRule(
        rule="group_sequential",
        confidence=experiment.confidence,
        earlier=tuple(earlier),
        information=information,
        spending=cast(Spending, experiment.spending),
        is_look=is_look,
        next_look=None if due >= looks else math.ceil(planned * (due + 1) / looks),
    )
