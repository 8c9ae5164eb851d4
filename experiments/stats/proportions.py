"""Two proportions: is there a difference, how large is it, and how large relative to control.

Which test gives the p-value:

* "score": the z test with pooled variance (its square is Pearson's chi-square).
* "barnard": the unconditional exact test on that same statistic.
* "fisher": the conditional exact test; it keeps its level though it is cautious.
* "auto": score, unless an expected count is below 5 (Cochran's rule); then Barnard's up to 100
  trials an arm, and Fisher's above that.

The p-value tests equality (variance pooled), the interval is an estimate (not pooled), so at the
very border of significance one may exclude zero and the other not; decisions use the p-value.

Sources: Newcombe (1998), Statistics in Medicine 17; Barnard (1947), Biometrika 34; Cochran (1954),
Biometrics 10; Katz, Baptista, Azen and Pike (1978), Biometrics 34.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np

from experiments.stats.errors import ArgumentImpossible, VarianceIsZero
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
from experiments.stats.samples import Proportion

Method = Literal["auto", "score", "barnard", "fisher"]

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
) -> Difference:
    """Compare two proportions: a p-value for the difference, and Newcombe's interval of it.

    Args:
        control: The control's counts.
        treatment: The treatment's counts.
        confidence: Of the interval.
        alternative: "greater" looks for a treatment above control.
        method: Which test gives the p-value (see the module).

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
    return Difference(
        estimate=difference,
        low=interval.low,
        high=interval.high,
        p_value=(
            tail_probability(difference / error, alternative=alternative)
            if chosen == "score"
            else _exact_p(control, treatment, alternative, chosen)
        ),
        confidence=confidence,
        alternative=alternative,
        standard_error=error,
        degrees_of_freedom=math.inf,
        method=chosen,
    )


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


def _exact_p(
    control: Proportion, treatment: Proportion, alternative: Alternative, method: Method
) -> float:
    from scipy import stats

    table = np.array(
        [
            [treatment.successes, control.successes],
            [treatment.trials - treatment.successes, control.trials - control.successes],
        ]
    )
    test = stats.barnard_exact if method == "barnard" else stats.fisher_exact
    # Sums of table probabilities may end a rounding error above one.
    return min(1.0, float(test(table, alternative=alternative).pvalue))
