"""Were the arms alike before the test began? What differs there is no effect of the copy."""

from __future__ import annotations

from collections.abc import Mapping

from experiments import stats
from experiments.health.context import HealthContext, pool_samples
from experiments.health.findings import Finding
from experiments.health.wording import join_names

# GrowthBook's threshold of this check, Bonferroni over all comparisons.
LEVEL = 0.001
_BEFORE = stats.Measure(numerator=0)


def check_before_period(context: HealthContext) -> Finding | None:
    """Compare what people did before their assignment, arm by arm with control (Welch).

    Where the weights of the traffic changed, like is compared with like: within periods of equal
    weights, which are then weighed by their units (post-stratification).
    """
    found = _differences(context)
    level = LEVEL / max(len(found), 1)
    odd = {place: difference for place, difference in found.items() if difference.p_value < level}
    if not odd:
        return None
    places = [f"{context.name_of(arm)} on {metric}" for metric, arm in odd]
    return Finding(
        check="before_period",
        severity="warning",
        title="The arms differed before the test began",
        sentence=(
            f"In the time before they were assigned, people of another arm than control already "
            f"behaved differently: {join_names(places)}. Chance does that in fewer than 1 of "
            "1,000 tests, so a part of the lift was there before the copy was."
        ),
        cure=(
            "Start again with a new salt, which draws new groups; people may still carry the "
            "effect of an earlier test with the same salt. Figures adjusted for the time before "
            "(CUPED) are the better ones to read meanwhile."
        ),
        stage="assignment",
        evidence={
            "level": level,
            "comparisons": len(found),
            **{f"p_value.{metric}.{arm}": odd[metric, arm].p_value for metric, arm in odd},
            **{f"difference.{metric}.{arm}": odd[metric, arm].estimate for metric, arm in odd},
        },
    )


def _differences(context: HealthContext) -> dict[tuple[str, str], stats.Difference]:
    metrics = dict.fromkeys(str(found.of) for found in context.before)
    compared = {
        (metric, arm.key): _difference(
            pool_samples(context, context.before, of=metric), context.control.key, arm.key
        )
        for metric in metrics
        for arm in context.treatments
    }
    return {place: found for place, found in compared.items() if found is not None}


def _difference(
    pools: tuple[Mapping[str, stats.Mean], ...], control: str, arm: str
) -> stats.Difference | None:
    pairs = [
        (pool[control], pool[arm])
        for pool in pools
        if {control, arm} <= set(pool) and min(pool[control].units, pool[arm].units) >= 2
    ]
    try:
        if len(pairs) == 1:
            return stats.compare_means(*pairs[0])
        segments = [(_moments(first), _moments(second)) for first, second in pairs]
        return stats.post_stratify(segments, outcome=_BEFORE).difference()
    except stats.StatsError:
        # Nobody did anything before, or there are too few people: nothing can be compared.
        return None


def _moments(sample: stats.Mean) -> stats.Moments:
    return stats.Moments(
        units=sample.units, means=(sample.mean,), products=((sample.centred_squares,),)
    )
