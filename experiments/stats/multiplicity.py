"""Many comparisons at once: p-values and intervals that keep their promise for the whole family.

Of the family-wise methods (the chance of any false alarm): Bonferroni and Holm hold under any
dependence, Holm-Sidak and Hochberg for independent or positively dependent tests. Of the false
discovery rate (the share of false ones among the alarms): Benjamini-Hochberg for the same, and
Benjamini-Yekutieli under any dependence. For arms that share a control see `dunnett`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal, get_args

from experiments.stats.errors import ArgumentImpossible
from experiments.stats.intervals import Difference, statistic_of

Correction = Literal[
    "bonferroni", "holm", "holm-sidak", "hochberg", "benjamini-hochberg", "benjamini-yekutieli"
]


def bonferroni(
    p_values: Sequence[float], *, weights: Sequence[float] | None = None
) -> tuple[float, ...]:
    """Each p-value over its comparison's share of the level, at most 1.

    Args:
        p_values: One p-value for each comparison of the family, each in [0, 1].
        weights: Share of the level for each, above zero (see `primary_weights`); equal if None.

    Raises:
        ArgumentImpossible: A p-value is not in [0, 1], or the weights do not fit.

    >>> bonferroni([0.01, 0.04])
    (0.02, 0.08)
    """
    shares = _shares(p_values, weights)
    return tuple(min(1.0, p / share) for p, share in zip(p_values, shares, strict=True))


def holm(p_values: Sequence[float], *, weights: Sequence[float] | None = None) -> tuple[float, ...]:
    """Holm's step-down adjustment, in the order given. Holds under any dependence.

    The i-th smallest of m becomes the largest of (m - j + 1) p_(j) over j <= i, at most 1. With
    weights the order is that of p / w, and (m - j + 1) p_(j) is p_(j) / w_(j) times the weight of
    all comparisons not passed yet.

    Args:
        p_values: One p-value for each comparison of the family, each in [0, 1].
        weights: Importance of each, above zero (see `primary_weights`); equal if None.

    Returns:
        Adjusted p-values: a comparison is rejected at level a when its adjusted p is at most a.

    Raises:
        ArgumentImpossible: A p-value is not in [0, 1], or the weights do not fit.

    Source: S. Holm (1979), Scandinavian Journal of Statistics 6.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    _check(p_values)
    if weights is None:
        return _step_down(p_values, lambda p, left: left * p)
    shares = _shares(p_values, weights)
    adjusted = [0.0] * len(p_values)
    so_far, remaining = 0.0, 1.0
    for index in sorted(range(len(p_values)), key=lambda at: p_values[at] / shares[at]):
        so_far = max(so_far, min(1.0, p_values[index] / shares[index] * remaining))
        adjusted[index] = so_far
        remaining -= shares[index]
    return tuple(adjusted)


def holm_sidak(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's steps with Sidak's bound, 1 - (1 - p)^left in the place of left * p.

    Raises:
        ArgumentImpossible: A p-value is not in [0, 1].

    >>> [round(p, 6) for p in holm_sidak([0.01, 0.04, 0.03])]
    [0.029701, 0.0591, 0.0591]
    """
    _check(p_values)
    return _step_down(
        p_values, lambda p, left: -math.expm1(left * math.log1p(-p)) if p < 1 else 1.0
    )


def hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Hochberg's step-up adjustment: the least of (m - j + 1) p_(j) over j >= i.

    Raises:
        ArgumentImpossible: A p-value is not in [0, 1].

    Source: Y. Hochberg (1988), Biometrika 75.

    >>> hochberg([0.01, 0.04, 0.03])
    (0.03, 0.04, 0.04)
    """
    return _step_up(p_values, lambda p, rank, count: (count - rank + 1) * p)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """False discovery rate: the least of m / j p_(j) over j >= i.

    Raises:
        ArgumentImpossible: A p-value is not in [0, 1].

    Source: Benjamini and Hochberg (1995), JRSS B 57.

    >>> benjamini_hochberg([0.01, 0.04, 0.03])
    (0.03, 0.04, 0.04)
    """
    return _step_up(p_values, lambda p, rank, count: count / rank * p)


def benjamini_yekutieli(p_values: Sequence[float]) -> tuple[float, ...]:
    """False discovery rate under any dependence: Benjamini-Hochberg times 1 + 1/2 + ... + 1/m.

    Raises:
        ArgumentImpossible: A p-value is not in [0, 1].

    Source: Benjamini and Yekutieli (2001), Annals of Statistics 29.

    >>> [round(p, 4) for p in benjamini_yekutieli([0.01, 0.04, 0.03])]
    [0.055, 0.0733, 0.0733]
    """
    harmonic = math.fsum(1 / (index + 1) for index in range(len(p_values)))
    return _step_up(p_values, lambda p, rank, count: count * harmonic / rank * p)


def primary_weights(metrics: int, *, share: float = 0.5) -> tuple[float, ...]:
    """Weights that keep a share of the level for the first metric, the rest in equal parts.

    Args:
        metrics: Number of metrics, the primary one first.
        share: Of the level for the primary metric.

    Raises:
        ArgumentImpossible: There is no metric, or the share is not inside (0, 1).

    >>> primary_weights(5)
    (0.5, 0.125, 0.125, 0.125, 0.125)
    """
    if metrics < 1 or not 0 < share < 1:
        raise ArgumentImpossible("metrics must be 1 or more, and share lie between 0 and 1")
    if metrics == 1:
        return (1.0,)
    return (share, *[(1 - share) / (metrics - 1)] * (metrics - 1))


def simultaneous_confidence(confidence: float, *, share: float) -> float:
    """Confidence of one interval so that all of the family hold together (Bonferroni).

    Args:
        confidence: That all intervals hold.
        share: This comparison's share of the level: 1 / comparisons, or its weight.

    Raises:
        ArgumentImpossible: A number is outside its range.

    >>> simultaneous_confidence(0.95, share=0.5)
    0.975
    """
    if not (0 < confidence < 1 and 0 < share <= 1):
        raise ArgumentImpossible("confidence must lie inside (0, 1) and share inside (0, 1]")
    return 1 - (1 - confidence) * share


def adjust_family(
    differences: Sequence[Difference],
    *,
    correction: Correction = "holm",
    weights: Sequence[float] | None = None,
) -> tuple[Difference, ...]:
    """The differences with adjusted p-values, and intervals that say the same as these.

    Each interval is stretched around its estimate by the statistic of the p-value before over that
    after, so it leaves zero out exactly as the adjusted p passes the level (where both come from
    one statistic, as Welch's), and it is never narrower than before. A p-value of 1 leaves an
    interval without ends. For intervals that hold all together whatever the method, compute each
    at its `simultaneous_confidence`.

    Args:
        differences: All comparisons of the family.
        correction: Which adjustment.
        weights: Of "bonferroni" and "holm".

    Raises:
        ArgumentImpossible: An option has no meaning, or weights do not go with the correction.

    >>> from experiments.stats import Mean, compare_means
    >>> arms = [Mean.from_variance(units=500, mean=mean, variance=1.0) for mean in (0, 0.15, 0.1)]
    >>> family = adjust_family([compare_means(arms[0], arm) for arm in arms[1:]])
    >>> [(round(each.p_value, 3), round(each.low, 3)) for each in family]
    [(0.036, 0.01), (0.114, -0.024)]
    """
    p_values = [difference.p_value for difference in differences]
    adjusted = _correct(p_values, correction, weights)
    return tuple(_stretch(each, p) for each, p in zip(differences, adjusted, strict=True))


def _correct(
    p_values: Sequence[float], correction: Correction, weights: Sequence[float] | None
) -> tuple[float, ...]:
    if correction not in get_args(Correction):
        raise ArgumentImpossible(f"correction must be one of {', '.join(get_args(Correction))}")
    if correction in ("bonferroni", "holm"):
        weighted = bonferroni if correction == "bonferroni" else holm
        return weighted(p_values, weights=weights)
    if weights is not None:
        raise ArgumentImpossible("only 'bonferroni' and 'holm' take weights")
    plain: dict[Correction, Callable[[Sequence[float]], tuple[float, ...]]] = {
        "holm-sidak": holm_sidak,
        "hochberg": hochberg,
        "benjamini-hochberg": benjamini_hochberg,
        "benjamini-yekutieli": benjamini_yekutieli,
    }
    return plain[correction](p_values)


def _stretch(difference: Difference, p_value: float) -> Difference:
    if p_value <= difference.p_value:
        return difference
    alternative, degrees = difference.alternative, difference.degrees_of_freedom
    before = statistic_of(difference.p_value, alternative=alternative, degrees=degrees)
    after = statistic_of(p_value, alternative=alternative, degrees=degrees)
    # A one-sided p beyond one half speaks for the other side: no stretch could say so.
    factor = before / after if after > 0 else math.inf
    estimate = difference.estimate
    down, up = estimate - difference.low, difference.high - estimate
    return Difference(
        estimate=estimate,
        low=estimate - (down * factor if down else 0.0),
        high=estimate + (up * factor if up else 0.0),
        p_value=p_value,
        confidence=difference.confidence,
        alternative=alternative,
        standard_error=difference.standard_error,
        degrees_of_freedom=degrees,
        method=difference.method,
    )


def _check(p_values: Sequence[float]) -> None:
    if not all(0 <= p <= 1 for p in p_values):
        raise ArgumentImpossible("p-values must lie between 0 and 1")


def _shares(p_values: Sequence[float], weights: Sequence[float] | None) -> list[float]:
    _check(p_values)
    used = [1.0] * len(p_values) if weights is None else list(weights)
    if len(used) != len(p_values) or not all(weight > 0 for weight in used):
        raise ArgumentImpossible("there must be one weight above zero for each p-value")
    return [weight / math.fsum(used) for weight in used]


def _step_down(
    p_values: Sequence[float], adjust: Callable[[float, int], float]
) -> tuple[float, ...]:
    adjusted = [0.0] * len(p_values)
    so_far = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        so_far = max(so_far, min(1.0, adjust(p_values[index], len(p_values) - rank)))
        adjusted[index] = so_far
    return tuple(adjusted)


def _step_up(
    p_values: Sequence[float], adjust: Callable[[float, int, int], float]
) -> tuple[float, ...]:
    _check(p_values)
    count = len(p_values)
    adjusted = [0.0] * count
    so_far = 1.0
    order = sorted(range(count), key=p_values.__getitem__, reverse=True)
    for passed, index in enumerate(order):
        so_far = min(so_far, adjust(p_values[index], count - passed, count))
        adjusted[index] = so_far
    return tuple(adjusted)
