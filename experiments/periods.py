"""What the arms' sizes should be when the weights have changed on the way. No row, no query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from experiments import stats


def expected_units(
    units: Mapping[tuple[int, str], int], weights: Mapping[int, Mapping[str, float]]
) -> dict[str, float]:
    """Units each arm should have: over the periods, units of the period x the arm's weight in it.

    The check of the split (`stats.check_sample_ratio`) wants shares: each arm's over the sum of
    all. Exact for a ramp and for a bandit: a unit got its arm by the weights of the period it is
    stored with. The sizes then vary a little less than one division of all units would, never more,
    so the check is not too quick to cry.

    Args:
        units: How many were assigned, by period and arm.
        weights: Of every arm, by period (`selectors.weight_history`).

    Returns:
        One figure for each arm that any of the periods with units names.

    Raises:
        ArgumentImpossible: A period's weights are not known, or do not name one of its arms.

    >>> expected_units(
    ...     {(0, "control"): 52, (0, "calm"): 48, (1, "control"): 21, (1, "calm"): 79},
    ...     {0: {"control": 0.5, "calm": 0.5}, 1: {"control": 0.2, "calm": 0.8}},
    ... )
    {'control': 70.0, 'calm': 130.0}
    """
    of_period: defaultdict[int, int] = defaultdict(int)
    for (period, arm), count in units.items():
        if arm not in weights.get(period, {}):
            raise stats.ArgumentImpossible(f"the weight of {arm} in period {period} is not known")
        of_period[period] += count
    expected: defaultdict[str, float] = defaultdict(float)
    for period, count in of_period.items():
        for arm, weight in weights[period].items():
            expected[arm] += count * weight
    return dict(expected)
