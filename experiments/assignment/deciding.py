"""What a unit gets, all told: forced and sticky arms, holdouts, layers, and only then the hash.

The order is fixed, and each step ends the matter:

1. an arm forced by QA;
2. the arm the unit was once exposed to (sticky);
3. the global holdout, then the experiment's own: decided from the unit's id alone, before any arm;
4. the layer: experiments of one layer own disjoint slices of it, so no unit is in two of them;
5. the coverage: whether the unit takes part yet; raising it keeps everybody who did;
6. the arm.

Every step has a salt of its own, so the steps are independent of each other. Of the coverage too:
GrowthBook cuts it out of each arm's own range (`arm_for` with a coverage does so), and the units
left out then have other chances than the weights say as soon as the weights change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from experiments.assignment.hashing import (
    AssignmentImpossible,
    HashVersion,
    Salting,
    Units,
    bucket,
    buckets,
    buckets_by_salt,
)
from experiments.assignment.splitting import (
    NOT_ENROLLED,
    arms_in_ranges,
    choose_range,
    strict_ranges,
)


class Reason(IntEnum):
    """Why a unit has the arm it has, or none."""

    ASSIGNED = 0
    FORCED = 1
    STICKY = 2
    GLOBAL_HOLDOUT = 3
    HOLDOUT = 4
    OUTSIDE_LAYER = 5
    OUTSIDE_COVERAGE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A slice of a layer: GrowthBook's "namespace".

    Attributes:
        key: The layer's name, which salts its hash.
        start: Where the slice begins, inclusive.
        end: Where it ends, exclusive.

    Raises:
        AssignmentImpossible: The slice does not lie within 0 and 1.
    """

    key: str
    start: float
    end: float

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end <= 1:
            raise AssignmentImpossible(
                f"a layer's slice must lie between 0 and 1; it is {self.start} to {self.end}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdout:
    """A share of all units that gets no experiment: those whose bucket lies below it.

    A larger share keeps those who were held out before and adds others.

    Attributes:
        key: The holdout's name, which salts its hash.
        share: Of the units, between 0 and 1.

    Raises:
        AssignmentImpossible: The share is not between 0 and 1.
    """

    key: str
    share: float

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise AssignmentImpossible(f"a holdout's share lies in [0, 1]; it is {self.share}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """How an experiment divides its units.

    Attributes:
        salt: The experiment's salt.
        weights: One weight an arm, none negative, with the sum 1.
        coverage: Share of the units let through by then that take part.
        version: Of the hash that chooses the arm.
        layer: The experiment's slice of a layer, if it is in one.
        holdout: Units kept out of this experiment.
        global_holdout: Units kept out of every experiment.
    """

    salt: str
    weights: tuple[float, ...]
    coverage: float = 1.0
    version: HashVersion = 2
    layer: Layer | None = None
    holdout: Holdout | None = None
    global_holdout: Holdout | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The arm's position, or None, and why."""

    arm: int | None
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Columns of many decisions.

    Attributes:
        arms: Positions; -1 (`NOT_ENROLLED`) stands for None.
        reasons: Numbers of `Reason`.
    """

    arms: NDArray[np.int64]
    reasons: NDArray[np.int8]


def in_namespace(unit: str, layer: Layer) -> bool:
    """Whether the unit falls into the slice, by GrowthBook's hash of namespaces (version 1).

    >>> in_namespace("user-1", Layer(key="checkout", start=0.0, end=1.0))
    True
    """
    salt, version = _layer_salting(layer)
    return layer.start <= bucket(unit, salt, version=version) < layer.end


def in_namespaces(units: Units, layer: Layer) -> NDArray[np.bool_]:
    """`in_namespace` of each unit.

    >>> in_namespaces(["user-1"], Layer(key="checkout", start=0.0, end=0.0)).tolist()
    [False]
    """
    salt, version = _layer_salting(layer)
    places = buckets(units, salt, version=version)
    return (places >= layer.start) & (places < layer.end)


def is_held_out(unit: str, holdout: Holdout) -> bool:
    """Whether the unit is held out.

    >>> is_held_out("user-1", Holdout(key="2026", share=1.0))
    True
    """
    salt, version = _holdout_salting(holdout)
    return bucket(unit, salt, version=version) < holdout.share


def are_held_out(units: Units, holdout: Holdout) -> NDArray[np.bool_]:
    """`is_held_out` of each unit.

    >>> are_held_out(["user-1", "user-2"], Holdout(key="2026", share=0.0)).tolist()
    [False, False]
    """
    salt, version = _holdout_salting(holdout)
    return buckets(units, salt, version=version) < holdout.share


def decide_arm(
    unit: str, split: Split, *, forced: Mapping[str, int] | None = None, sticky: int | None = None
) -> Decision:
    """What the unit gets, by the order at the top of this page.

    Args:
        unit: The unit's id.
        split: How the experiment divides its units.
        forced: Arms by unit, for QA.
        sticky: The arm the unit was exposed to before, if it was.

    Raises:
        AssignmentImpossible: A forced or sticky arm does not exist; or as `arm_for`.

    >>> decide_arm("user-1", Split(salt="welcome", weights=(0.5, 0.5)), forced={"user-1": 1})
    Decision(arm=1, reason=<Reason.FORCED: 1>)
    """
    given = (forced or {}).get(unit)
    _check_arms([arm for arm in (given, sticky) if arm is not None], len(split.weights))
    ranges = strict_ranges(split.weights)
    if given is not None:
        return Decision(arm=given, reason=Reason.FORCED)
    if sticky is not None:
        return Decision(arm=sticky, reason=Reason.STICKY)
    for gate in _gates(split):
        salt, version = gate.salting
        if not gate.start <= bucket(unit, salt, version=version) < gate.end:
            return Decision(arm=None, reason=gate.reason)
    arm = choose_range(bucket(unit, split.salt, version=split.version), ranges)
    return Decision(arm=arm, reason=Reason.ASSIGNED)


def decide_arms(
    units: Units,
    split: Split,
    *,
    forced: Mapping[str, int] | None = None,
    sticky: Sequence[int] | NDArray[np.int64] | None = None,
) -> Decisions:
    """`decide_arm` of each unit; a sticky arm of -1 (`NOT_ENROLLED`) stands for none.

    Raises:
        AssignmentImpossible: A forced or sticky arm does not exist; or as `arms_for`.

    >>> decide_arms(["user-1", "user-2"], Split(salt="s", weights=(1.0,)), sticky=[-1, 0]).reasons
    array([0, 2], dtype=int8)
    """
    gates = _gates(split)
    saltings: list[Salting] = [(split.salt, split.version), *(gate.salting for gate in gates)]
    own, *places = buckets_by_salt(units, saltings)
    arms = arms_in_ranges(own, strict_ranges(split.weights))
    reasons = np.full(len(arms), Reason.ASSIGNED, dtype=np.int8)
    # From the last step to the first, so that an earlier one has the last word.
    for gate, place in reversed(list(zip(gates, places, strict=True))):
        is_out = (place < gate.start) | (place >= gate.end)
        arms[is_out], reasons[is_out] = NOT_ENROLLED, gate.reason
    if sticky is not None:
        _put(arms, reasons, np.asarray(sticky, dtype=np.int64), Reason.STICKY, split)
    if forced:
        _put(arms, reasons, _forced_column(units, forced), Reason.FORCED, split)
    return Decisions(arms=arms, reasons=reasons)


@dataclass(frozen=True, slots=True)
class _Gate:
    """A step that lets through the units whose bucket lies in [start, end)."""

    reason: Reason
    salting: Salting
    start: float
    end: float


def _gates(split: Split) -> list[_Gate]:
    """The steps between sticky and the arm, in their order; those that stop nobody are left out."""
    if not 0 <= split.coverage <= 1:
        raise AssignmentImpossible(f"coverage must lie between 0 and 1; it is {split.coverage}")
    gates = []
    for reason, holdout in (
        (Reason.GLOBAL_HOLDOUT, split.global_holdout),
        (Reason.HOLDOUT, split.holdout),
    ):
        if holdout and holdout.share:
            gates.append(_Gate(reason, _holdout_salting(holdout), holdout.share, 1.0))
    if split.layer:
        layer = split.layer
        gates.append(_Gate(Reason.OUTSIDE_LAYER, _layer_salting(layer), layer.start, layer.end))
    if split.coverage < 1:
        salting: Salting = (f"coverage:{split.salt}", 2)
        gates.append(_Gate(Reason.OUTSIDE_COVERAGE, salting, 0.0, split.coverage))
    return gates


def _holdout_salting(holdout: Holdout) -> Salting:
    return f"holdout:{holdout.key}", 2


def _layer_salting(layer: Layer) -> Salting:
    return f"__{layer.key}", 1


def _put(
    arms: NDArray[np.int64],
    reasons: NDArray[np.int8],
    column: NDArray[np.int64],
    reason: Reason,
    split: Split,
) -> None:
    """Where the column names an arm, that arm it is."""
    is_given = column != NOT_ENROLLED
    _check_arms(column[is_given].tolist(), len(split.weights))
    arms[is_given], reasons[is_given] = column[is_given], reason


def _forced_column(units: Units, forced: Mapping[str, int]) -> NDArray[np.int64]:
    texts = [unit.decode() if isinstance(unit, bytes) else str(unit) for unit in units]
    return np.array([forced.get(text, NOT_ENROLLED) for text in texts], dtype=np.int64)


def _check_arms(arms: Sequence[int], count: int) -> None:
    if any(not 0 <= arm < count for arm in arms):
        raise AssignmentImpossible(f"a forced or sticky arm must lie below {count}")
