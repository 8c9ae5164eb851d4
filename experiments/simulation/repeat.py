"""A design run many thousand times: how often it finds something, and how often that is true.

Repetitions are computed in blocks with NumPy; the twins they use agree with `experiments.stats`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.simulation.contrasts import Contrast, contrast_means, contrast_proportions
from experiments.simulation.design import Design
from experiments.simulation.generators import Columns, Generator
from experiments.simulation.moments import BlockMoments, adjust_blocks
from experiments.simulation.tally import Tally
from experiments.stats import ArgumentImpossible, Measure

# Values in memory at once: what fits a processor's cache is also quickest.
CELLS = 1_000_000

Looks = list[list[BlockMoments]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Part of the repetitions, and the Monte Carlo error of it.

    >>> round(Share.of(50, 1_000).error, 4)
    0.0069
    """

    value: float
    error: float

    @classmethod
    def of(cls, hits: float, trials: int) -> Share:
        """Of no repetitions at all it is not a number."""
        if not trials:
            return cls(value=math.nan, error=math.nan)
        value = float(hits) / trials
        return cls(value=value, error=math.sqrt(value * (1 - value) / trials))


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What the repetitions of a design came to.

    Shares are over all comparisons of treatments with control. What is reported is reported when
    the test stops: at the first look that finds a difference, else at the last.

    Attributes:
        repetitions: How many.
        rejected: Found a difference: false positives if there is none, power if there is.
        upward: Found the treatment above control.
        downward: Found it below.
        any_rejected: Repetitions in which some treatment was found to differ.
        difference_covered: The interval of the difference holds the truth.
        lift_covered: The interval of the lift does, where there is a lift.
        difference_width: Mean width of the difference's interval.
        lift_width: Median width of the lift's (its mean has no bound).
        median_units: Median units of all arms at which the test stops, to the end if it finds
            nothing.
        not_compared: Comparisons without a spread, so without a test.
        without_lift: Comparisons without a lift: a mean at zero or below.
    """

    repetitions: int
    rejected: Share
    upward: Share
    downward: Share
    any_rejected: Share
    difference_covered: Share
    lift_covered: Share
    difference_width: float
    lift_width: float
    median_units: float
    not_compared: Share
    without_lift: Share


def repeat(
    generator: Generator, design: Design, *, repetitions: int, rng: np.random.Generator
) -> Study:
    """Run the design so many times on units of the generator.

    Raises:
        ArgumentImpossible: There is no repetition, or the effect or the covariates are not to be
            had.

    >>> from experiments.simulation import Normal
    >>> design = Design(units=200)
    >>> study = repeat(Normal(), design, repetitions=500, rng=np.random.default_rng(1))
    >>> study.repetitions, study.rejected.value < 0.1
    (500, True)
    """
    boundaries = design.boundaries()
    difference = design.effect.difference(generator.figure)
    tally = Tally(difference=difference, lift=_true_lift(generator.figure, difference))
    for looks in draw_moments(generator, design, repetitions=repetitions, rng=rng):
        tally.open_block(len(looks[0][0].means), comparisons=design.arms - 1)
        for number, (arms, boundary) in enumerate(zip(looks, boundaries, strict=True), start=1):
            units = sum(design.sizes_at(number))
            for position, treatment in enumerate(arms[1:]):
                contrast = compare(arms[0], treatment, design)
                tally.look(contrast, boundary, position, units, is_last=number == design.looks)
        tally.close_block()
    return _study(tally, repetitions)


def draw_moments(
    generator: Generator, design: Design, *, repetitions: int, rng: np.random.Generator
) -> Iterator[Looks]:
    """Blocks of repetitions: at each look the moments of each arm so far."""
    if repetitions < 1:
        raise ArgumentImpossible("there must be one repetition or more")
    largest = max(design.sizes_at(design.looks)) // design.looks
    size = max(1, CELLS // max(1, largest))
    for begun in range(0, repetitions, size):
        yield _looks(generator, design, min(size, repetitions - begun), rng)


def compare(control: BlockMoments, treatment: BlockMoments, design: Design) -> Contrast:
    """One treatment against control, by the design's metric and adjustment."""
    below = 1 if design.kind == "ratio" else None
    outcome = Measure(numerator=0, denominator=below)
    covariates = [
        Measure(numerator=column)
        for column in range(1 if below is None else 2, control.means.shape[1])
    ]
    if design.uses_covariates:
        if not covariates:
            raise ArgumentImpossible("there is no covariate to adjust for")
        return contrast_means(
            *adjust_blocks(control, treatment, outcome=outcome, covariates=covariates)
        )
    samples = control.sample(outcome), treatment.sample(outcome)
    return (
        contrast_proportions(*samples) if design.kind == "proportion" else contrast_means(*samples)
    )


def _looks(
    generator: Generator, design: Design, repetitions: int, rng: np.random.Generator
) -> Looks:
    looks: Looks = []
    before = (0,) * design.arms
    for number in range(1, design.looks + 1):
        sizes = design.sizes_at(number)
        new = [
            BlockMoments.of(_units(generator, design, rng, repetitions, size - had, arm))
            for arm, (size, had) in enumerate(zip(sizes, before, strict=True))
        ]
        looks.append([old + add for old, add in zip(looks[-1], new, strict=True)] if looks else new)
        before = sizes
    return looks


def _units(
    generator: Generator,
    design: Design,
    rng: np.random.Generator,
    repetitions: int,
    units: int,
    arm: int,
) -> Columns:
    columns = generator.draw(rng, repetitions, units)
    if not arm:
        return columns
    if design.kind == "proportion":
        return design.effect.into_conversions(columns, rate=generator.figure, rng=rng)
    return design.effect.into_amounts(columns)


def _true_lift(baseline: float, difference: float) -> float:
    return difference / baseline if baseline > 0 else math.nan


def _study(tally: Tally, repetitions: int) -> Study:
    comparisons = tally.comparisons
    tested, lifted = comparisons - tally.untested, comparisons - tally.unlifted
    return Study(
        repetitions=repetitions,
        rejected=Share.of(tally.upward + tally.downward, comparisons),
        upward=Share.of(tally.upward, comparisons),
        downward=Share.of(tally.downward, comparisons),
        any_rejected=Share.of(tally.any_rejected, repetitions),
        difference_covered=Share.of(tally.difference_covered, tested),
        lift_covered=Share.of(tally.lift_covered, lifted),
        difference_width=tally.width / tested if tested else math.nan,
        lift_width=_median(tally.lift_widths),
        median_units=_median(tally.stopped_at),
        not_compared=Share.of(tally.untested, comparisons),
        without_lift=Share.of(tally.unlifted, comparisons),
    )


def _median(parts: Sequence[np.ndarray]) -> float:
    values = np.concatenate(parts) if parts else np.array([])
    values = values[~np.isnan(values)]
    return float(np.median(values)) if values.size else math.nan
