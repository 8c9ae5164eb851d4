"""What the units of an arm did, in two kinds that add up: exact sums, and moments of an engine.

`Outcome` rests on exact sums, so there is no rounding before the statistics. A unit's figures are
decimals of four places, so their sums are kept as whole numbers of ten thousandths, and sums of
products as whole numbers of hundred millionths. Nothing cancels and no order of adding matters; the
one rounding is the last step's, into centred moments. `Measured` rests on the moments that an
engine worked out, and answers the same questions.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import combinations_with_replacement

from experiments import stats
from experiments.plans import MetricSpec

# Values are kept with four decimals (Event.value), products of two of them with eight.
DECIMALS = 4
UNIT = 10**DECIMALS

Sums = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What is kept of each unit for a metric, and which figure is made of it.

    Attributes:
        names: "value", and as the metric needs them "denominator", "before",
            "denominator_before".
        outcome: The figure under test.
        covariates: The same figure before the assignment, if the metric is adjusted for it.
    """

    names: tuple[str, ...]
    outcome: stats.Measure
    covariates: tuple[stats.Measure, ...] = ()

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Positions of the columns of each product that is kept, in the order they are kept."""
        return tuple(combinations_with_replacement(range(len(self.names)), 2))


@lru_cache(maxsize=1024)
def columns_of(metric: MetricSpec) -> Columns:
    """
    >>> columns_of(
    ...     MetricSpec(key="r", name="R", kind="sum", event_name="e", covariate_days=30)
    ... ).names
    ('value', 'before')
    """
    is_ratio, is_adjusted = metric.kind == "ratio", metric.covariate_days is not None
    before = 2 if is_ratio else 1
    return Columns(
        names=(
            "value",
            *(["denominator"] if is_ratio else []),
            *(["before"] if is_adjusted else []),
            *(["denominator_before"] if is_ratio and is_adjusted else []),
        ),
        outcome=stats.Measure(numerator=0, denominator=1 if is_ratio else None),
        covariates=(stats.Measure(numerator=before, denominator=before + 1 if is_ratio else None),)
        if is_adjusted
        else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Sums over units of one arm and stratum on one metric; who did nothing counts as zero.

    Attributes:
        units: All of them.
        doers: Those whose value is not zero.
        sums: Of each column, in ten thousandths.
        products: Of each pair of columns (`Columns.pairs`), in hundred millionths.
    """

    units: int = 0
    doers: int = 0
    sums: Sums = (0,)
    products: Sums = (0,)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            units=self.units + other.units,
            doers=self.doers + other.doers,
            sums=_added(self.sums, other.sums),
            products=_added(self.products, other.products),
        )

    @property
    def total(self) -> Fraction:
        """The value's sum over all units."""
        return Fraction(self.sums[0], UNIT)

    def proportion(self) -> stats.Proportion:
        return stats.Proportion(trials=self.units, successes=self.doers)

    def mean(self) -> stats.Mean:
        """Moments of a unit's value."""
        if not self.units:
            return stats.Mean(units=0, mean=0.0, centred_squares=0.0)
        return stats.Mean(
            units=self.units,
            mean=self.sums[0] / (self.units * UNIT),
            centred_squares=self._centred(0, 0, 0),
        )

    def moments(self, columns: Columns) -> stats.Moments:
        """Joint moments of all columns."""
        width = len(columns.names)
        if not self.units:
            return stats.Moments.none(columns=width)
        if not any(self.products):
            # Nobody did anything, and then the sums may be of fewer columns.
            zeros = (0.0,) * width
            return stats.Moments(units=self.units, means=zeros, products=(zeros,) * width)
        products = [[0.0] * width for _ in range(width)]
        for at, (row, column) in enumerate(columns.pairs):
            products[row][column] = products[column][row] = self._centred(at, row, column)
        return stats.Moments.trusted(
            units=self.units,
            means=tuple(total / (self.units * UNIT) for total in self.sums[:width]),
            products=tuple(map(tuple, products)),
        )

    def _centred(self, at: int, row: int, column: int) -> float:
        """Sum of products of deviations: whole numbers until the one division."""
        exact = self.units * self.products[at] - self.sums[row] * self.sums[column]
        return exact / (self.units * UNIT * UNIT)


def _added(one: Sums, other: Sums) -> Sums:
    """The sums of no unit at all may be shorter."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    return tuple(
        total + (shorter[at] if at < len(shorter) else 0) for at, total in enumerate(longer)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Moments over units of one arm and stratum on one metric; who did nothing counts as zero.

    Attributes:
        joint: Of all columns, in the order of `Columns.names`.
        total: The value's sum over all units.
        doers: Units whose value is not zero; None where they were not counted.
    """

    joint: stats.Moments
    total: Fraction
    doers: int | None = None

    def __add__(self, other: Measured) -> Measured:
        is_counted = self.doers is not None and other.doers is not None
        return Measured(
            joint=self.joint + other.joint,
            total=self.total + other.total,
            doers=(self.doers or 0) + (other.doers or 0) if is_counted else None,
        )

    @property
    def units(self) -> int:
        return self.joint.units

    def proportion(self) -> stats.Proportion:
        """Of a share: a unit's value is 0 or 1, so their sum is who did it."""
        return stats.Proportion(trials=self.units, successes=int(self.total))

    def mean(self) -> stats.Mean:
        """Moments of a unit's value."""
        return stats.Mean(
            units=self.units,
            mean=self.joint.means[0],
            centred_squares=self.joint.products[0][0],
        )

    def moments(self, columns: Columns) -> stats.Moments:
        """Joint moments of all columns."""
        if len(columns.names) != len(self.joint.means):
            raise stats.SampleImpossible(
                f"{len(self.joint.means)} columns were measured, and {len(columns.names)} asked for"
            )
        return self.joint


AnyOutcome = Outcome | Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Order statistics of one arm and stratum: values by their rank, 1 is the smallest.

    Attributes:
        units: All of them.
        values: Value at each rank that was asked for.
    """

    units: int
    values: Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Outcomes of every metric, stratum and arm, by their keys.

    Attributes:
        units: Everyone assigned, by (stratum, arm).
        outcomes: Of those whose window is over, by (metric, stratum, arm); capped, if it has a cap.
        uncapped: The same without the cap, of metrics that have one.
        mature: Units whose window is over, by (metric, stratum, arm); left out where all are.
        periods: Units by (period, arm): the weights differed between periods.
        by_period: Outcomes by (metric, period, arm), where a bandit moved the weights.
        ranked: Order statistics of quantile metrics, by (metric, stratum, arm), and with None for
            the stratum of everyone: quantiles do not add up.
    """

    units: Mapping[tuple[str, str], int]
    outcomes: Mapping[tuple[str, str, str], AnyOutcome]
    uncapped: Mapping[tuple[str, str, str], AnyOutcome] = field(default_factory=dict)
    mature: Mapping[str, Mapping[tuple[str, str], int]] = field(default_factory=dict)
    periods: Mapping[tuple[int, str], int] = field(default_factory=dict)
    by_period: Mapping[tuple[str, int, str], AnyOutcome] = field(default_factory=dict)
    ranked: Mapping[tuple[str, str | None, str], Ranked] = field(default_factory=dict)

    @property
    def strata(self) -> tuple[str, ...]:
        return tuple(sorted({stratum for stratum, _ in self.units}))

    def of(self, metric: str, stratum: str, arm: str, *, is_capped: bool = True) -> AnyOutcome:
        found = self.outcomes if is_capped else self.uncapped
        outcome = found.get((metric, stratum, arm))
        return outcome or Outcome(units=self.units_for(metric).get((stratum, arm), 0))

    def overall(self, metric: str, arm: str, *, is_capped: bool = True) -> AnyOutcome:
        """The sum of the strata: overall is never another number than its parts."""
        strata = {stratum: None for stratum, key in self.units if key == arm}
        return sum_outcomes(
            self.of(metric, stratum, arm, is_capped=is_capped) for stratum in strata
        )

    def units_for(self, metric: str) -> Mapping[tuple[str, str], int]:
        """Units that count for a metric: those whose window is over."""
        return self.mature.get(metric, self.units)

    def units_of(self, arm: str) -> int:
        return sum(units for (_, key), units in self.units.items() if key == arm)

    def waiting(self, metric: str) -> int:
        """Units whose window is still open: they may yet do it, so they count in no rate."""
        return sum(self.units.values()) - sum(self.units_for(metric).values())


def sum_outcomes(outcomes: Iterable[AnyOutcome]) -> AnyOutcome:
    """Of one kind; an arm without units is of either, and adds nothing."""
    present = [each for each in outcomes if each.units]
    total: AnyOutcome = reduce(operator.add, present) if present else Outcome()
    return total


def decimal_text(amount: Fraction) -> str:
    """An amount in decimals, exact, without an exponent.

    >>> decimal_text(Fraction("1234.50")), decimal_text(Fraction(-3))
    ('1234.5', '-3')
    """
    scaled = int(amount * UNIT)
    whole, part = divmod(abs(scaled), UNIT)
    text = f"{whole}.{part:0{DECIMALS}d}".rstrip("0").rstrip(".")
    return f"-{text}" if scaled < 0 else text
