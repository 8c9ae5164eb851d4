"""The plain values that experiments are made of and asked with: no row, no query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSpec:
    key: str
    name: str
    weight: float
    is_control: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """`kind` is conversion, sum or count; `role` is goal, secondary or guardrail."""

    key: str
    name: str
    kind: str
    event_name: str
    role: str = "secondary"
    is_lower_better: bool = False
    window_hours: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPlan:
    id: int
    key: str
    weight: float
    is_control: bool
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentPlan:
    """What a decision needs to know of an experiment; the arms are in the order of the hash."""

    id: int
    key: str
    salt: str
    status: str
    assignment: str
    arms: tuple[ArmPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitArm:
    """A unit, the arm it is to get and the segment it is in ("" for everyone else)."""

    unit_id: str
    arm_id: int
    stratum: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What is stored for a unit: the first assignment, whatever was asked for later."""

    arm_id: int
    stratum: str
    assigned_at: datetime
    is_new: bool
