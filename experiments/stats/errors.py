"""Errors of the statistics: a figure that cannot be had is an error with a name, never a number.

StatsError (a ValueError)
├── ArgumentImpossible     a confidence, weight, size or word that means nothing
├── SampleImpossible       counts or moments that no set of units could have
├── TooFewUnits            no unit, or one unit where a spread is wanted
├── VarianceIsZero         every unit has the same value, so chance has no size to compare with
├── BaselineNotPositive    a relative change needs a control above zero
├── TreatmentNotPositive   a ratio on the log scale needs a treatment above zero
└── RatioTooUncertain      the relative error is so large that an interval would say nothing
"""

from __future__ import annotations


class StatsError(ValueError):
    """The root of every error the statistics raise on purpose."""


class ArgumentImpossible(StatsError):
    """An option is outside the values it can have."""


class SampleImpossible(StatsError):
    """Counts or moments contradict each other."""


class TooFewUnits(StatsError):
    """There are not enough units to say anything."""


class VarianceIsZero(StatsError):
    """No spread at all: a test statistic would be a division by zero."""


class BaselineNotPositive(StatsError):
    """The control's mean is zero or below: a change relative to it has no meaning."""


class TreatmentNotPositive(StatsError):
    """The treatment's mean is zero or below: its logarithm does not exist."""


class RatioTooUncertain(StatsError):
    """A mean is so close to zero, against its error, that the ratio could be anything."""
