"""What an answer is, and the samples that vectors write down in their own ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from experiments import stats

Vector = Mapping[str, Any]
Answer = Callable[[Vector], Mapping[str, Any]]


class NotCovered(Exception):
    """The vector asks for a variety of the statistic that we do not have, or not on purpose."""


def mean_of_sums(arm: Mapping[str, Any]) -> stats.Mean:
    """From GrowthBook's n, sum and sum_squares.

    >>> mean_of_sums({"type": "SampleMeanStatistic", "n": 3, "sum": 9.0, "sum_squares": 41.0})
    Mean(units=3, mean=3.0, centred_squares=14.0)
    """
    if arm["type"] != "SampleMeanStatistic":
        raise NotCovered(f"a {arm['type']}")
    total = arm["sum"]
    return stats.Mean(
        units=arm["n"],
        mean=total / arm["n"],
        centred_squares=arm["sum_squares"] - total * total / arm["n"],
    )


def proportion(successes: float, trials: float) -> stats.Proportion:
    """From counts that were written as floats.

    >>> proportion(0.3 * 100, 100)
    Proportion(trials=100, successes=30)
    """
    return stats.Proportion(trials=round(trials), successes=round(successes))
