"""Which arm a bucket belongs to.

Arm i owns [start_i, start_i + coverage * weight_i), start_i being the sum of the weights before it:
raising the coverage never moves a unit to another arm.

Source: GrowthBook, "Build your own SDK" (bucket ranges).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.assignment.hashing import (
    AssignmentImpossible,
    HashVersion,
    Units,
    bucket,
    buckets,
)

Range = tuple[float, float]

NOT_ENROLLED = -1
_WEIGHT_SLACK = 1e-6


def equal_weights(count: int) -> list[float]:
    """The same share for each of `count` arms; none at all for a count below one.

    >>> equal_weights(4), equal_weights(-1)
    ([0.25, 0.25, 0.25, 0.25], [])
    """
    return [1 / count] * count if count > 0 else []


def choose_range(place: float, ranges: Sequence[Sequence[float]]) -> int:
    """The position of the first half-open range that holds the bucket, or -1 (`NOT_ENROLLED`).

    >>> choose_range(0.25, [(0.0, 0.25), (0.25, 0.5)]), choose_range(0.5, [(0.0, 0.5)])
    (1, -1)
    """
    for position, (start, end) in enumerate(ranges):
        if start <= place < end:
            return position
    return NOT_ENROLLED


def bucket_ranges(
    count: int, *, coverage: float = 1.0, weights: Sequence[float] | None = None
) -> list[Range]:
    """Each arm's half-open range, by GrowthBook's lenient rules.

    The coverage is clamped to [0, 1]; weights of another length than `count`, or whose sum is not
    within [0.99, 1.01], give way to equal ones. `arm_for` refuses such weights instead.

    >>> bucket_ranges(2, coverage=0.5)
    [(0.0, 0.25), (0.5, 0.75)]
    """
    coverage = min(1.0, max(0.0, coverage))
    shares = list(weights or [])
    if len(shares) != count or not 0.99 <= sum(shares) <= 1.01:
        shares = equal_weights(count)
    ranges, start = [], 0.0
    for share in shares:
        ranges.append((start, start + coverage * share))
        start += share
    return ranges


def arm_for(
    unit: str,
    *,
    salt: str,
    weights: Sequence[float],
    coverage: float = 1.0,
    version: HashVersion = 2,
) -> int | None:
    """The position of the arm the unit falls into, or None outside the coverage.

    Args:
        unit: The unit's id.
        salt: The experiment's salt.
        weights: One weight an arm, none negative, with the sum 1.
        coverage: Share of the units that take part, between 0 and 1.
        version: Of the hash.

    Raises:
        AssignmentImpossible: Weights or coverage cannot be used.

    >>> arm_for("user-1", salt="welcome", weights=[0.5, 0.5])
    0
    """
    arm = choose_range(bucket(unit, salt, version=version), strict_ranges(weights, coverage))
    return None if arm == NOT_ENROLLED else arm


def arms_for(
    units: Units,
    *,
    salt: str,
    weights: Sequence[float],
    coverage: float = 1.0,
    version: HashVersion = 2,
) -> NDArray[np.int64]:
    """The arms of many units, equal to `arm_for` of each; -1 (`NOT_ENROLLED`) stands for None.

    Raises:
        AssignmentImpossible: Weights or coverage cannot be used.

    >>> arms_for(["user-1", "user-2"], salt="welcome", weights=[0.5, 0.5], coverage=0).tolist()
    [-1, -1]
    """
    places = buckets(units, salt, version=version)
    return arms_in_ranges(places, strict_ranges(weights, coverage))


def arms_in_ranges(places: NDArray[np.float64], ranges: Sequence[Range]) -> NDArray[np.int64]:
    """`choose_range` of each bucket.

    >>> arms_in_ranges(np.array([0.25, 0.5]), [(0.0, 0.25), (0.25, 0.5)]).tolist()
    [1, -1]
    """
    arms = np.full(len(places), NOT_ENROLLED, dtype=np.int64)
    for position, (start, end) in reversed(list(enumerate(ranges))):
        arms[(places >= start) & (places < end)] = position
    return arms


def strict_ranges(weights: Sequence[float], coverage: float = 1.0) -> list[Range]:
    """`bucket_ranges` of weights and a coverage that leave nothing to guess.

    Raises:
        AssignmentImpossible: Weights or coverage cannot be used.

    >>> strict_ranges([0.5, 0.5], 0.5)
    [(0.0, 0.25), (0.5, 0.75)]
    """
    if not weights or min(weights) < 0 or abs(math.fsum(weights) - 1) > _WEIGHT_SLACK:
        raise AssignmentImpossible("weights must be one or more shares with the sum 1")
    if not 0 <= coverage <= 1:
        raise AssignmentImpossible(f"coverage must lie between 0 and 1; it is {coverage}")
    return bucket_ranges(len(weights), coverage=coverage, weights=weights)
