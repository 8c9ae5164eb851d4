"""Whether the arms got the shares they should have, also where weights were changed on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from experiments import stats
from experiments.outcomes import Samples
from experiments.plans import ArmPlan
from experiments.results.tables import Json


def check_balance(
    arms: Sequence[ArmPlan], samples: Samples, weights: Mapping[int, Mapping[str, float]]
) -> tuple[stats.Balance | None, str]:
    """The sample-ratio check against what each period's weights lead one to expect, and a sentence.

    Args:
        arms: All arms.
        samples: Units by arm, and by period where the weights were changed.
        weights: Of each arm by key, by period; where a period has none, those of the arms.
    """
    observed = [samples.units_of(arm.key) for arm in arms]
    try:
        balance = stats.check_sample_ratio(observed, expected_shares(arms, samples, weights))
    except stats.StatsError as unknown:
        return None, str(unknown)
    if balance.is_mismatch:
        return balance, "The arms' sizes do not fit their weights."
    return balance, "The arms' sizes fit their weights."


def expected_shares(
    arms: Sequence[ArmPlan], samples: Samples, weights: Mapping[int, Mapping[str, float]]
) -> list[float]:
    """Units each arm should have: every period's units by the weights in force then.

    Given the sizes of the periods the arms' sizes are sums of multinomial draws, whose variance is
    at most that of one draw with the mean weights: the check is a little too quiet, never too loud.
    """
    given = {arm.key: arm.weight for arm in arms}
    by_period: dict[int, int] = {}
    for (period, _), units in samples.periods.items():
        by_period[period] = by_period.get(period, 0) + units
    if not by_period:
        return list(given.values())
    return [
        sum(
            units * weights.get(period, given).get(arm.key, 0.0)
            for period, units in by_period.items()
        )
        for arm in arms
    ]


def balance_json(
    arms: Sequence[ArmPlan], samples: Samples, balance: stats.Balance | None, note: str
) -> Json:
    keys = [arm.key for arm in arms]
    expected = balance.expected if balance else (0.0,) * len(keys)
    return {
        "p_value": balance.p_value if balance else None,
        # Checked at every look: this one holds however many there were.
        "p_value_watched": stats.watch_sample_ratio(
            [samples.units_of(key) for key in keys], expected
        ).p_value
        if balance
        else None,
        "observed": {key: samples.units_of(key) for key in keys},
        "expected": dict(zip(keys, expected, strict=True)),
        "is_mismatch": balance.is_mismatch if balance else False,
        "note": note,
    }
