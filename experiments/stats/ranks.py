"""Two arms by the order of their values alone: Mann and Whitney's test, for values without a scale.

It asks how often a unit of treatment is above one of control, not by how much: it says nothing of
revenue, whose mean is what a shop earns. It is for ratings, ranks and times with a long tail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from experiments.stats.errors import SampleImpossible, VarianceIsZero
from experiments.stats.intervals import Alternative, check_options, check_two_arms

Method = Literal["auto", "exact", "asymptotic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankComparison:
    """Which arm's values stand higher.

    Attributes:
        treatment_above: Probability that a unit of treatment is above one of control, ties half.
        statistic: Mann and Whitney's U: pairs in which treatment is above.
        p_value: Of no tendency either way.
    """

    treatment_above: float
    statistic: float
    p_value: float


def compare_ranks(
    control: Sequence[float],
    treatment: Sequence[float],
    *,
    alternative: Alternative = "two-sided",
    method: Method = "auto",
    is_corrected: bool = True,
) -> RankComparison:
    """Mann and Whitney's (Wilcoxon's rank-sum) test.

    Args:
        control: A value of each unit.
        treatment: A value of each unit.
        alternative: "greater" looks for a treatment that stands higher.
        method: "exact" knows no ties; "auto" is exact for small arms without them.
        is_corrected: Whether the asymptotic p is corrected for continuity.

    Raises:
        TooFewUnits: An arm has no units.
        SampleImpossible: A value is not a finite number.
        VarianceIsZero: All values of both arms are the same.
        ArgumentImpossible: An option has no meaning.

    Source: Mann and Whitney (1947), Annals of Mathematical Statistics 18.

    >>> found = compare_ranks([1.1, 2.3, 3.3, 4.2], [2.5, 3.9, 4.4, 6.1, 7.3])
    >>> found.statistic, round(found.treatment_above, 2), round(found.p_value, 4)
    (17.0, 0.85, 0.1111)
    """
    import numpy as np
    from scipy import stats

    check_options(0.95, alternative)
    check_two_arms(len(control), len(treatment))
    values = np.concatenate([control, treatment]).astype(np.float64)
    if not np.isfinite(values).all():
        raise SampleImpossible("values must be finite numbers")
    if values.min() == values.max():
        raise VarianceIsZero("all units have the same value, so there is no order")
    found = stats.mannwhitneyu(
        treatment,
        control,
        alternative=alternative,
        method=method,
        use_continuity=is_corrected,
    )
    return RankComparison(
        treatment_above=float(found.statistic) / (len(control) * len(treatment)),
        statistic=float(found.statistic),
        p_value=float(found.pvalue),
    )
