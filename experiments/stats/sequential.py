"""Looking early: p-values and intervals that hold at every look, however often one looks.

Any difference with a standard error can be watched: of means, of proportions, of ratios, adjusted
for covariates or not. The fixed-horizon interval is wrong somewhere on its way in about one A/A
test of three that is looked at fifty times; these are wrong in at most `1 - confidence` of them.
The price is width: where the mixture is tuned, 1.55 times the fixed interval (see `planning`).

Sources: Howard, Ramdas, McAuliffe and Sekhon (2021), Annals of Statistics 49; Waudby-Smith, Arbour,
Sinha, Kennedy and Ramdas, arXiv 2103.06476v7; Johari, Pekelis and Walsh, arXiv 1512.04922.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import scipy

from experiments.stats.errors import ArgumentImpossible, TooFewUnits, VarianceIsZero
from experiments.stats.intervals import Alternative, Difference, check_options

# Units of all arms of a comparison at which the interval is narrowest against a fixed one.
TUNED_FOR_UNITS = 5_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """A likelihood ratio mixed over effects, and the p-value it allows.

    Attributes:
        likelihood_ratio: Of "some effect" over "none".
        p_value: Its inverse, at most 1; hold the least of all looks (`running_minimum`).
    """

    likelihood_ratio: float
    p_value: float


def anytime_multiplier(
    units: float,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    tuned_for: float = TUNED_FOR_UNITS,
) -> float:
    """Standard errors on each open side of the asymptotic confidence sequence, to set beside 1.96.

    With t = units * rho^2: sqrt((t + 1) / t * ln((t + 1) / a^2)) for two sides (eq. 9), and
    sqrt(2 (t + 1) / t * ln(1 + sqrt(t + 1) / (2 a))) for one (eq. 134); rho^2 is
    (-2 ln a + ln(1 - 2 ln a)) / tuned_for, with 2 a in the place of a for one side (eq. 161).

    Args:
        units: Units of both arms together, so far.
        confidence: Of the whole sequence of intervals.
        alternative: Which sides the intervals have.
        tuned_for: Units at which the interval should be narrowest; fix it before the test.

    Raises:
        ArgumentImpossible: An option has no meaning, or a one-sided confidence is 0.5 or less.
        TooFewUnits: There are no units.

    >>> round(anytime_multiplier(5_000), 4)
    3.0352
    """
    check_options(confidence, alternative)
    if not units > 0:
        raise TooFewUnits("there are no units to look at yet")
    level = 1 - confidence
    grown = units * _mixture_precision(level, alternative, tuned_for)
    if alternative == "two-sided":
        return math.sqrt((grown + 1) / grown * math.log((grown + 1) / level**2))
    inside = 1 + math.sqrt(grown + 1) / (2 * level)
    return math.sqrt(2 * (grown + 1) / grown * math.log(inside))


def anytime_p_value(
    statistic: float,
    units: float,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    tuned_for: float = TUNED_FOR_UNITS,
) -> float:
    """The level at which the sequence's interval just touches zero (its tuning held fixed).

    Two sides (eq. 155): sqrt(t + 1) exp(-t z^2 / (2 (t + 1))). One side, eq. 134 solved for the
    level: sqrt(t + 1) / (2 (exp(t z^2 / (2 (t + 1))) - 1)), and 1 on the wrong side. At most 1.

    Args:
        statistic: Difference / standard error.
        units: Units of both arms together, so far.
        confidence: That of the interval beside it: it sets the tuning.
        alternative: What is looked for.
        tuned_for: As for the interval.

    Raises:
        ArgumentImpossible: An option has no meaning.
        TooFewUnits: There are no units.

    >>> round(anytime_p_value(4.0, 5_000), 4)
    0.0025
    """
    check_options(confidence, alternative)
    if not units > 0:
        raise TooFewUnits("there are no units to look at yet")
    grown = units * _mixture_precision(1 - confidence, alternative, tuned_for)
    exponent = grown / (grown + 1) * statistic**2 / 2
    if alternative == "two-sided":
        return min(1.0, math.exp(math.log1p(grown) / 2 - exponent))
    toward = statistic if alternative == "greater" else -statistic
    if toward <= 0 or not exponent:
        return 1.0
    # exp(x) - 1 = exp(x) (1 - exp(-x)), which neither overflows nor cancels.
    log_p = math.log1p(grown) / 2 - math.log(2) - exponent - math.log(-math.expm1(-exponent))
    return math.exp(min(0.0, log_p))


def watch(difference: Difference, *, units: int, tuned_for: float = TUNED_FOR_UNITS) -> Difference:
    """The same difference with an interval and a p-value that hold at every look.

    Args:
        difference: Of a fixed-horizon test; its estimate, standard error and options are used.
        units: Units of both arms together, so far.
        tuned_for: Units at which the interval should be narrowest; fix it before the test.

    Raises:
        ArgumentImpossible: An option has no meaning.
        TooFewUnits: There are no units.
        VarianceIsZero: The difference has no error.

    >>> from experiments.stats import Mean, compare_means
    >>> control = Mean.from_variance(units=2_500, mean=10.0, variance=25.0)
    >>> treatment = Mean.from_variance(units=2_500, mean=10.6, variance=25.0)
    >>> seen = watch(compare_means(control, treatment), units=5_000)
    >>> round(seen.low, 3), round(seen.high, 3), round(seen.p_value, 4)
    (0.171, 1.029, 0.001)
    """
    if not difference.standard_error > 0:
        raise VarianceIsZero("the difference has no error, so chance has no size")
    alternative, error = difference.alternative, difference.standard_error
    half = error * anytime_multiplier(
        units, confidence=difference.confidence, alternative=alternative, tuned_for=tuned_for
    )
    # Built anew and not replaced: a report does this hundreds of times.
    return Difference(
        estimate=difference.estimate,
        low=-math.inf if alternative == "less" else difference.estimate - half,
        high=math.inf if alternative == "greater" else difference.estimate + half,
        p_value=anytime_p_value(
            difference.estimate / error,
            units,
            confidence=difference.confidence,
            alternative=alternative,
            tuned_for=tuned_for,
        ),
        confidence=difference.confidence,
        alternative=alternative,
        standard_error=error,
        degrees_of_freedom=math.inf,
        method="anytime",
    )


def mixture_test(
    difference: float, *, units_per_arm: float, variance: float, effect_variance: float
) -> Mixture:
    """mSPRT: the sequential probability ratio test mixed over effects ~ N(0, effect_variance).

    With n units an arm and V = 2 variance: sqrt(V / (V + n tau^2)) *
    exp(n^2 tau^2 d^2 / (2 V (V + n tau^2))). It holds for normal data of known variance, and in
    large samples for any.

    Args:
        difference: Treatment mean - control mean.
        units_per_arm: Units in each arm.
        variance: Of one unit, the same in both arms.
        effect_variance: tau^2, of the effects one expects; fix it before the test.

    Raises:
        ArgumentImpossible: A number is not positive.

    Source: Johari, Pekelis and Walsh, "Always valid inference", arXiv 1512.04922.

    >>> round(mixture_test(0.1, units_per_arm=2000, variance=1, effect_variance=0.01).p_value, 4)
    0.0352
    """
    if min(units_per_arm, variance, effect_variance) <= 0:
        raise ArgumentImpossible("units_per_arm, variance and effect_variance must be positive")
    doubled = 2 * variance
    total = doubled + units_per_arm * effect_variance
    exponent = units_per_arm**2 * effect_variance * difference**2 / (2 * doubled * total)
    log_ratio = exponent - math.log(total / doubled) / 2
    return Mixture(
        likelihood_ratio=math.exp(min(log_ratio, 700.0)), p_value=math.exp(-max(log_ratio, 0.0))
    )


def regression_mixture(
    statistic: float, *, degrees: float, information: float, prior_information: float = 1.0
) -> Mixture:
    """The mixture for a t statistic: of a difference, or of a coefficient beside covariates.

    With r = phi / (phi + z^2): ln BF = ln(r) / 2 + (nu + 1) / 2 (ln(1 + t^2 / nu) -
    ln(1 + r t^2 / nu)). Exact for normal errors of unknown variance, however small the sample.

    Args:
        statistic: t.
        degrees: nu of the residuals, above zero.
        information: z^2, the treatment column's sum of squares beside the other columns; n / 4 for
            n units in two even arms.
        prior_information: phi, of the prior on effects in residual deviations; small for large
            effects. Fix it before the test.

    Raises:
        ArgumentImpossible: A number is not positive.

    Source: Lindon, Ham, Tingley and Bojinov (2022), "Anytime-valid inference in linear models",
    arXiv 2210.08589.

    >>> round(regression_mixture(4.0, degrees=998, information=250.0).p_value, 4)
    0.0058
    """
    if min(degrees, information, prior_information) <= 0:
        raise ArgumentImpossible("degrees, information and prior_information must be positive")
    kept = prior_information / (prior_information + information)
    square = statistic**2 / degrees
    log_ratio = (
        math.log(kept) + (degrees + 1) * (math.log1p(square) - math.log1p(kept * square))
    ) / 2
    return Mixture(
        likelihood_ratio=math.exp(min(log_ratio, 700.0)), p_value=math.exp(-max(log_ratio, 0.0))
    )


def running_minimum(p_values: Sequence[float]) -> tuple[float, ...]:
    """What each look may report: the least p-value of all looks so far. Valid for anytime p only.

    >>> running_minimum([0.4, 0.03, 0.2])
    (0.4, 0.03, 0.03)
    """
    return tuple(accumulate(p_values, min))


def best_mixture(
    variance: float, *, level: float = 0.05, alternative: Alternative = "two-sided"
) -> float:
    """rho of the normal mixture whose boundary is lowest when the process has this variance.

    v / (2 ln(1/a) + ln(1 + 2 ln(1/a))); one side takes 2 a in the place of a.

    Raises:
        ArgumentImpossible: The variance is not positive or the level is not inside (0, 1).

    Source: Howard et al. (2021), eq. 14 ff.

    >>> round(best_mixture(100.0), 4)
    12.6006
    """
    check_options(1 - level, alternative)
    if variance <= 0:
        raise ArgumentImpossible(f"variance must be positive; it is {variance}")
    return variance / _log_term(level, alternative)


def log_mixture(
    total: float, *, variance: float, rho: float, alternative: Alternative = "two-sided"
) -> float:
    """Logarithm of the normal-mixture supermartingale of a centred sum.

    ln sqrt(rho / (v + rho)) + s^2 / (2 (v + rho)); one-sided, times 2 Phi(s / sqrt(v + rho)).

    >>> round(log_mixture(10.0, variance=100.0, rho=best_mixture(100.0)), 5)
    -0.65101
    """
    spread = variance + rho
    both = (math.log(rho / spread) + total**2 / spread) / 2
    if alternative == "two-sided":
        return both
    toward = total if alternative == "greater" else -total
    return both + math.log(2) + float(scipy.special.log_ndtr(toward / math.sqrt(spread)))


def mixture_boundary(
    variance: float, *, rho: float, level: float = 0.05, alternative: Alternative = "two-sided"
) -> float:
    """What the sum of the process must pass, at any time, to be rejected at this level.

    Two sides: sqrt((v + rho) ln((v + rho) / (rho a^2))); one side is solved for.

    Raises:
        ArgumentImpossible: An option has no meaning.

    >>> round(mixture_boundary(100.0, rho=best_mixture(100.0)), 4)
    30.3521
    """
    check_options(1 - level, alternative)
    spread = variance + rho
    widest = math.sqrt(spread * math.log(spread / (rho * level**2)))
    if alternative == "two-sided":
        return widest

    def shortfall(total: float) -> float:
        reached = log_mixture(total, variance=variance, rho=rho, alternative="greater")
        return reached + math.log(level)

    return float(scipy.optimize.brentq(shortfall, 0.0, widest, xtol=1e-12))


def _log_term(level: float, alternative: Alternative) -> float:
    used = level if alternative == "two-sided" else 2 * level
    if used >= 1:
        raise ArgumentImpossible("a one-sided sequence needs a confidence above 0.5")
    return -2 * math.log(used) + math.log(1 - 2 * math.log(used))


@lru_cache(maxsize=256)
def _mixture_precision(level: float, alternative: Alternative, tuned_for: float) -> float:
    if not tuned_for > 0:
        raise ArgumentImpossible(f"tuned_for must be positive; it is {tuned_for}")
    return _log_term(level, alternative) / tuned_for
