"""What the units of an arm did, as exact sums that add up: no rounding before the statistics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from experiments import stats

# Values are kept with four decimals (Event.value).
DECIMALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Sums over units of one arm and stratum on one metric; who did nothing counts as zero."""

    units: int = 0
    converters: int = 0
    times: int = 0
    times_squares: int = 0
    total: Fraction = Fraction(0)
    total_squares: Fraction = Fraction(0)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            units=self.units + other.units,
            converters=self.converters + other.converters,
            times=self.times + other.times,
            times_squares=self.times_squares + other.times_squares,
            total=self.total + other.total,
            total_squares=self.total_squares + other.total_squares,
        )

    def proportion(self) -> stats.Proportion:
        return stats.Proportion(trials=self.units, successes=self.converters)

    def amount(self, kind: str) -> Fraction:
        return Fraction(self.times) if kind == "count" else self.total

    def mean(self, kind: str) -> stats.Mean:
        """The moments of a unit's count or sum. The one rounding is the last step's."""
        if not self.units:
            return stats.Mean(units=0, mean=0.0, centred_squares=0.0)
        amount = self.amount(kind)
        squares = Fraction(self.times_squares) if kind == "count" else self.total_squares
        return stats.Mean(
            units=self.units,
            mean=float(amount / self.units),
            centred_squares=float(squares - amount * amount / self.units),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Outcomes of every metric, stratum and arm, by their keys."""

    units: Mapping[tuple[str, str], int]
    outcomes: Mapping[tuple[str, str, str], Outcome]

    @property
    def strata(self) -> tuple[str, ...]:
        return tuple(sorted({stratum for stratum, _ in self.units}))

    def of(self, metric: str, stratum: str, arm: str) -> Outcome:
        return self.outcomes.get(
            (metric, stratum, arm), Outcome(units=self.units.get((stratum, arm), 0))
        )

    def overall(self, metric: str, arm: str) -> Outcome:
        """The sum of the strata: overall is never another number than its parts."""
        return sum_outcomes(self.of(metric, stratum, arm) for stratum in self.strata)

    def units_of(self, arm: str) -> int:
        return sum(units for (_, key), units in self.units.items() if key == arm)


def sum_outcomes(outcomes: Iterable[Outcome]) -> Outcome:
    return sum(outcomes, start=Outcome())


def decimal_text(amount: Fraction) -> str:
    """An amount in decimals, exact, without an exponent.

    >>> decimal_text(Fraction("1234.50")), decimal_text(Fraction(-3))
    ('1234.5', '-3')
    """
    scaled = int(amount * 10**DECIMALS)
    whole, part = divmod(abs(scaled), 10**DECIMALS)
    text = f"{whole}.{part:0{DECIMALS}d}".rstrip("0").rstrip(".")
    return f"-{text}" if scaled < 0 else text
