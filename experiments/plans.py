"""The plain values that experiments are made of and asked with: no row, no query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from experiments.assignment import Reason, Split


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSpec:
    key: str
    name: str
    weight: float
    is_control: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """What is counted for each unit, and what it is counted for.

    Attributes:
        key: Once per experiment.
        name: For people.
        kind: One of
            "conversion": 1 for a unit that did the event in the window, else 0;
            "retention": the same with a window that begins later (`window_starts_hours`);
            "count": how often it did the event;
            "sum": the sum of the events' values;
            "ratio": the numerator's sum over all units / the denominator's;
            "quantile": the `quantile` over units of the sum of the events' values.
        event_name: The event that counts; of a ratio, in the numerator.
        role: "goal", "secondary" or "guardrail".
        is_lower_better: Less of it is better.
        window_starts_hours: Events sooner after the assignment than this do not count.
        window_hours: Events later after the assignment than this do not count; None: all do.
        numerator: Of a ratio: "sum" of values or "count" of events.
        denominator_event: Of a ratio: the event below the line.
        denominator: Of a ratio: "sum" or "count".
        cap: A unit's value counts as this at most; the raw figure is shown beside.
        cap_quantile: The cap is this quantile of all units' values that are not zero.
        covariate_days: Days before the assignment whose same figure is CUPED's covariate; None: no
            adjustment.
        quantile: Of a quantile metric, inside (0, 1).
        margin: Of a guardrail: the loss that is still acceptable, above zero; None: any loss shown
            to be real is harm, none has to be excluded.
        is_margin_relative: The margin is a share of control's mean.
    """

    key: str
    name: str
    kind: str
    event_name: str
    role: str = "secondary"
    is_lower_better: bool = False
    window_starts_hours: int = 0
    window_hours: int | None = None
    numerator: str = "sum"
    denominator_event: str = ""
    denominator: str = "count"
    cap: Decimal | None = None
    cap_quantile: float | None = None
    covariate_days: int | None = None
    quantile: float | None = None
    margin: float | None = None
    is_margin_relative: bool = True

    @property
    def is_share(self) -> bool:
        """A unit's value is 0 or 1."""
        return self.kind in ("conversion", "retention")

    @property
    def events(self) -> tuple[str, ...]:
        """The names of the events it reads."""
        names = (self.event_name, self.denominator_event if self.kind == "ratio" else "")
        return tuple(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPlan:
    id: int
    key: str
    weight: float
    is_control: bool
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentPlan:
    """What a decision needs to know of an experiment; the arms are in the order of the hash.

    Attributes:
        id: Of the row.
        key: The experiment's key.
        salt: The experiment's salt.
        status: As it was when the plan was read.
        assignment: Who splits: "hash" or "external".
        arms: Each with its weight in force.
        split: Weights, coverage, holdouts and layer, as `decide_arm` wants them.
        forced: Positions of arms by unit, for QA.
        period: Which weights are in force; an exposure is stored with it.
    """

    id: int
    key: str
    salt: str
    status: str
    assignment: str
    arms: tuple[ArmPlan, ...]
    split: Split
    forced: Mapping[str, int]
    period: int

    def position_of(self, arm_id: int) -> int | None:
        """Where the arm stands in the order of the hash."""
        return next((place for place, arm in enumerate(self.arms) if arm.id == arm_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightPeriod:
    """A stretch of time over which the weights and the coverage stood still."""

    period: int
    weights: Mapping[str, float]
    coverage: float
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitArm:
    """A unit, the arm it is to get, the segment it is in ("" for everyone else), and the period of
    the weights that gave it the arm."""

    unit_id: str
    arm_id: int
    stratum: str = ""
    period: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What is stored for a unit: the first assignment, whatever was asked for later."""

    arm_id: int
    stratum: str
    assigned_at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDecision:
    """What a unit gets: an arm, and whether it is new, stored or forced; or None, and why."""

    unit_id: str
    arm_id: int | None
    reason: Reason


def metric_fields(metric: object) -> dict[str, Any]:
    """The fields of a `MetricSpec`, read off one or off a row that has the same.

    >>> orders = MetricSpec(key="o", name="Orders", kind="count", event_name="Order Completed")
    >>> MetricSpec(**metric_fields(orders)) == orders
    True
    """
    return {field.name: getattr(metric, field.name) for field in fields(MetricSpec)}
