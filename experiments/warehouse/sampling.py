"""The engine's rows -> the samples that a report is made of, as from the product's own roll-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from experiments.outcomes import DECIMALS, Measured, Samples
from experiments.plans import MetricSpec
from experiments.warehouse.assembly import Amount, Figures, moments_of
from experiments.warehouse.maturity import Row, cohort_ends, mature_rows, matured_before

Groups = dict[tuple[str, str, str], Figures]
Units = dict[tuple[str, str], int]


def samples_from(
    rows: Sequence[Row],
    counts: Sequence[Row],
    metrics: Sequence[MetricSpec],
    *,
    until: datetime | None,
    periods: Mapping[tuple[int, str], int] | None = None,
    is_by_period: bool = False,
) -> Samples:
    """All metrics by stratum and arm, of units whose window is over.

    Args:
        rows: Of `unit_moments`, by arm, stratum and `cohort`.
        counts: Of `unit_counts`, by the same; may be the rows themselves.
        metrics: As given to `unit_moments`.
        until: The moment the figures are of; None: there are no times, and no cohorts.
        periods: Units by (period, arm), where weights differed between periods.
        is_by_period: Whether the rows are by `period` too, and outcomes by it are wanted.

    Raises:
        SampleImpossible: No set of units could have these moments.
    """
    ends = cohort_ends(metrics, until) if until else ()
    figures: Groups = {}
    by_period: Groups = {}
    mature: dict[str, Units] = {}
    for end in (None, *ends):
        due = [m for m in metrics if (until and matured_before(m, until)) == end]
        if end is not None or due:
            counted = mature_rows(counts, end, ends)
            found = moments_of(mature_rows(rows, end, ends), counted, metrics, only=due)
            figures |= found
            if is_by_period:
                by_period |= moments_of(
                    _by_period(mature_rows(rows, end, ends)), _by_period(counted), metrics, only=due
                )
            if end is not None:
                mature |= {metric.key: units_of(counted) for metric in due}
    return Samples(
        units=units_of(counts),
        mature=mature,
        outcomes={
            key: measured(each, is_capped=each.capped is not None) for key, each in figures.items()
        },
        uncapped={
            key: measured(each, is_capped=False)
            for key, each in figures.items()
            if each.capped is not None
        },
        periods=periods or {},
        # A period in which nobody did anything tells nothing of the arms.
        by_period={
            (key, int(period), arm): measured(each, is_capped=False)
            for (key, period, arm), each in by_period.items()
            if each.converters
        },
    )


def _by_period(rows: Sequence[Row]) -> list[Row]:
    return [{**row, "stratum": str(row["period"])} for row in rows]


def measured(figures: Figures, *, is_capped: bool) -> Measured:
    """A cap changes how much a unit did, not whether it did."""
    joint = figures.capped if is_capped and figures.capped is not None else figures.moments
    total = joint.means[0] * joint.units if is_capped else figures.total
    return Measured(joint=joint, total=exact_amount(total), doers=figures.converters)


def units_of(counts: Sequence[Row]) -> Units:
    """Units by (stratum, arm)."""
    units: Units = {}
    for row in counts:
        key = (row.get("stratum") or "", row["arm"])
        units[key] = units.get(key, 0) + int(row["exposed"])
    return units


def exact_amount(amount: Amount) -> Fraction:
    """To the decimals that amounts are shown with; a float's own are noise beyond them.

    >>> exact_amount(0.1 + 0.2), exact_amount(Decimal("7.25"))
    (Fraction(3, 10), Fraction(29, 4))
    """
    decimal = Decimal(repr(amount)) if isinstance(amount, float) else Decimal(amount)
    return Fraction(round(decimal, DECIMALS))
