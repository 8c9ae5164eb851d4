"""Contexts of tests in good health, to be spoilt in one place each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from experiments.health import Activity, Cell, HealthContext
from experiments.plans import ArmPlan

STARTED_AT = datetime(2025, 3, 3, 9, tzinfo=UTC)
NOW = datetime(2025, 3, 13, 9, tzinfo=UTC)
FIRST_DAY = date(2025, 3, 3)

CONTROL = ArmPlan(id=1, key="control", name="Control", weight=0.5, is_control=True)
URGENCY = ArmPlan(id=2, key="urgency", name="Urgency", weight=0.5, is_control=False)
CURIOSITY = ArmPlan(id=3, key="curiosity", name="Curiosity", weight=0.25, is_control=False)
TWO = (CONTROL, URGENCY)


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def cell(arm: str, units: int, *, on: int = 0, period: int = 0, stratum: str = "") -> Cell:
    return Cell(day=day(on), period=period, stratum=stratum, arm=arm, units=units)


def pair(control: int, urgency: int, **where) -> tuple[Cell, Cell]:
    """Units of the two arms on one day, in one segment."""
    return cell("control", control, **where), cell("urgency", urgency, **where)


def at(number: float) -> datetime:
    """So many days after the start."""
    return STARTED_AT + timedelta(days=number)


def active(*days: int, last: float) -> Activity:
    return Activity(days=tuple(map(day, days)), last_at=at(last))


def context(**given) -> HealthContext:
    return HealthContext(
        **{
            "arms": TWO,
            "now": NOW,
            "started_at": STARTED_AT,
            "cells": tuple(cell for on in range(10) for cell in pair(500, 500, on=on)),
            "exposed": active(*range(10), last=10),
            "counted": active(*range(10), last=10),
            **given,
        }
    )
