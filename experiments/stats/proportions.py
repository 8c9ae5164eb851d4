"""Two proportions: is there a difference, how large is it, and how large relative to control.

Which test gives the p-value:

* "score": the z test with pooled variance (its square is Pearson's chi-square).
* "log-likelihood": the G test, of two sides only; its square root is near the score test's z.
* "barnard": the unconditional exact test on that same statistic.
* "boschloo": the unconditional exact test on Fisher's p; never weaker than Fisher's.
* "fisher": the conditional exact test; it keeps its level though it is cautious.
* "auto": score, unless an expected count is below 5 (Cochran's rule); then Barnard's up to 100
  trials an arm, and Fisher's above that.

Yates' correction for continuity (`is_corrected`) shrinks the difference of "score" and
"log-likelihood" by half a unit. It keeps the level of small tables at the price of much power; the
exact tests do it at none, so it is off unless asked for.

The p-value tests equality (variance pooled), the interval is an estimate (not pooled), so at the
very border of significance one may exclude zero and the other not; decisions use the p-value.

Sources: Newcombe (1998), Statistics in Medicine 17; Barnard (1947), Biometrika 34; Boschloo (1970),
Statistica Neerlandica 24; Yates (1934), JRSS Supplement 1; Cochran (1954), Biometrics 10; Katz,
Baptista, Azen and Pike (1978), Biometrics 34.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
import scipy

from experiments.stats.errors import ArgumentImpossible, TooFewUnits, VarianceIsZero
from experiments.stats.intervals import (
    Alternative,
    Difference,
    Lift,
    check_options,
    check_two_arms,
    log_ratio_lift,
    newcombe,
    tail_probability,
)
from experiments.stats.samples import Proportion, merge

Method = Literal["auto", "score", "log-likelihood", "barnard", "boschloo", "fisher"]

# Cochran's rule for 2 x 2 tables: below this the normal approximation is not trusted.
SMALLEST_EXPECTED = 5.0
# Barnard's test walks every table: 100 x 100 takes milliseconds, 1,000 x 1,000 a minute.
MOST_TRIALS_FOR_BARNARD = 100


def compare_proportions(
    control: Proportion,
    treatment: Proportion,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    method: Method = "auto",
    is_corrected: bool = False,
) -> Difference:
    """Compare two proportions: a p-value for the difference, and Newcombe's interval of it.

    Args:
        control: The control's counts.
        treatment: The treatment's counts.
        confidence: Of the interval.
        alternative: "greater" looks for a treatment above control.
        method: Which test gives the p-value (see the module).
        is_corrected: Whether "score" and "log-likelihood" are corrected for continuity.

    Raises:
        TooFewUnits: An arm has no trials.
        VarianceIsZero: Nobody converted, or everybody did.
        ArgumentImpossible: An option has no meaning.

    >>> result = compare_proportions(
    ...     Proportion(trials=1000, successes=100), Proportion(trials=1000, successes=130)
    ... )
    >>> round(result.estimate, 3), round(result.p_value, 4), result.method
    (0.03, 0.0355, 'score')
    """
    check_options(confidence, alternative)
    check_two_arms(control.trials, treatment.trials)
    chosen = _method(control, treatment, method)
    error = _pooled_error(control, treatment)
    difference = treatment.rate - control.rate
    interval = newcombe(control, treatment, confidence=confidence, alternative=alternative)
    if chosen == "score":
        shift = (1 / control.trials + 1 / treatment.trials) / 2 if is_corrected else 0.0
        statistic = shrink_to_zero(difference, by=shift) / error
        p_value = tail_probability(statistic, alternative=alternative)
    elif chosen == "log-likelihood":
        p_value = _likelihood_p(control, treatment, alternative, is_corrected=is_corrected)
    else:
        p_value = _exact_p(control, treatment, alternative, chosen)
    return Difference(
        estimate=difference,
        low=interval.low,
        high=interval.high,
        p_value=p_value,
        confidence=confidence,
        alternative=alternative,
        standard_error=error,
        degrees_of_freedom=math.inf,
        method=chosen,
    )


def shrink_to_zero(value: float, *, by: float) -> float:
    """A correction for continuity: nearer to zero, but not past it.

    >>> shrink_to_zero(-0.5, by=0.25), shrink_to_zero(0.1, by=0.25)
    (-0.25, 0.0)
    """
    return math.copysign(max(abs(value) - by, 0.0), value)


def relative_lift(
    control: Proportion,
    treatment: Proportion,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
) -> Lift:
    """Relative change of the rate, with Katz's interval on the log-ratio scale.

    Raises:
        TooFewUnits: An arm has no trials.
        BaselineNotPositive: Nobody in control converted.
        TreatmentNotPositive: Nobody in treatment converted.
        VarianceIsZero: Everybody converted in both arms.

    >>> lift = relative_lift(
    ...     Proportion(trials=1000, successes=100), Proportion(trials=1000, successes=130)
    ... )
    >>> round(lift.estimate, 3), round(lift.low, 3), round(lift.high, 3)
    (0.3, 0.017, 0.662)
    """
    check_two_arms(control.trials, treatment.trials)
    return log_ratio_lift(
        control.rate,
        treatment.rate,
        control_variance=_variance_of_rate(control),
        treatment_variance=_variance_of_rate(treatment),
        confidence=confidence,
        alternative=alternative,
    )


def _variance_of_rate(sample: Proportion) -> float:
    return sample.rate * (1 - sample.rate) / sample.trials


def _pooled_error(control: Proportion, treatment: Proportion) -> float:
    pooled = control + treatment
    if pooled.successes in (0, pooled.trials):
        who = "nobody" if not pooled.successes else "everybody"
        raise VarianceIsZero(f"{who} in either arm converted, so there is nothing to compare")
    variance = pooled.rate * (1 - pooled.rate)
    return math.sqrt(variance * (1 / control.trials + 1 / treatment.trials))


def _method(control: Proportion, treatment: Proportion, asked: Method) -> Method:
    if asked not in get_args(Method):
        raise ArgumentImpossible(f"method must be one of {', '.join(get_args(Method))}")
    if asked != "auto":
        return asked
    pooled = control + treatment
    rarer = min(pooled.rate, 1 - pooled.rate)
    if rarer * min(control.trials, treatment.trials) >= SMALLEST_EXPECTED:
        return "score"
    fits = max(control.trials, treatment.trials) <= MOST_TRIALS_FOR_BARNARD
    return "barnard" if fits else "fisher"


def _table(control: Proportion, treatment: Proportion) -> np.ndarray:
    return np.array(
        [
            [treatment.successes, control.successes],
            [treatment.trials - treatment.successes, control.trials - control.successes],
        ]
    )


def _likelihood_p(
    control: Proportion, treatment: Proportion, alternative: Alternative, *, is_corrected: bool
) -> float:
    if alternative != "two-sided":
        raise ArgumentImpossible("the log-likelihood test has two sides: use 'score' for one")
    from scipy import stats

    found = stats.chi2_contingency(
        _table(control, treatment), correction=is_corrected, lambda_="log-likelihood"
    )
    return float(found.pvalue)


# Milliseconds each, and a report that is opened again asks for the same tables.
@lru_cache(maxsize=4_096)
def _exact_p(
    control: Proportion, treatment: Proportion, alternative: Alternative, method: Method
) -> float:
    from scipy import stats

    tests: dict[str, Callable[..., Any]] = {
        "barnard": stats.barnard_exact,
        "boschloo": stats.boschloo_exact,
        "fisher": stats.fisher_exact,
    }
    with _quiet_optimiser():
        found = tests[method](_table(control, treatment), alternative=alternative)
    # Sums of table probabilities may end a rounding error above one.
    return min(1.0, float(found.pvalue))


@contextmanager
def _quiet_optimiser() -> Iterator[None]:
    """Keep SciPy's `shgo` from logging its bounds, at INFO and to the root logger, at every call.

    A filter on the root logger sees only what is logged to it by name, as `shgo` does with
    `logging.info`: the loggers of other modules and their handlers are untouched.
    """
    root = logging.getLogger()
    root.addFilter(_is_not_of_shgo)
    try:
        yield
    finally:
        root.removeFilter(_is_not_of_shgo)


def _is_not_of_shgo(record: logging.LogRecord) -> bool:
    return not record.pathname.endswith(("_shgo.py", "_complex.py", "_vertex.py"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Homogeneity:
    """Whether several rates could be one.

    Attributes:
        statistic: Pearson's chi-square.
        degrees_of_freedom: Arms minus one.
        p_value: Of equal rates.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float


def equal_rates(samples: Sequence[Proportion]) -> Homogeneity:
    """Do the rates of all arms differ at all? One test before many comparisons.

    sum n_k (p_k - p)^2 / (p (1 - p)), a chi-square with k - 1 degrees of freedom.

    Args:
        samples: Counts of each arm, two or more.

    Raises:
        TooFewUnits: There are fewer than two arms, or an arm has no trials.
        VarianceIsZero: Nobody converted, or everybody did.

    Source: Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, 9; R's
    prop.test.

    >>> smokers = zip([83, 90, 129, 70], [86, 93, 136, 82], strict=True)
    >>> found = equal_rates([Proportion(trials=n, successes=s) for s, n in smokers])
    >>> round(found.statistic, 4), found.degrees_of_freedom, round(found.p_value, 6)
    (12.6004, 3, 0.005585)
    """
    if len(samples) < 2:
        raise TooFewUnits("a comparison needs two arms or more")
    pooled = merge(samples)
    rate = pooled.rate
    if not 0 < rate < 1:
        raise VarianceIsZero("nobody or everybody converted, so there is nothing to compare")
    squares = math.fsum(sample.trials * (sample.rate - rate) ** 2 for sample in samples)
    statistic, degrees = squares / (rate * (1 - rate)), len(samples) - 1
    return Homogeneity(
        statistic=statistic,
        degrees_of_freedom=degrees,
        p_value=float(scipy.special.chdtrc(degrees, statistic)),
    )
