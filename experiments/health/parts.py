"""Parts of a test, and where in it the arms' sizes go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Literal, TypeVar

import scipy

from experiments import stats
from experiments.health.context import Cell, HealthContext

Kind = Literal["segments", "from", "until", "days"]
Key = TypeVar("Key", str, date)

# Fabijan et al. (2019) and GrowthBook: far below 0.05, as it is looked at every day.
LEVEL = 0.001
# Parts in which an arm should have fewer units are too small to tell; above, chi-square holds.
LEAST_EXPECTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Sizes of the arms in a part of the test, and what they should be under its own weights."""

    observed: tuple[int, ...]
    expected: tuple[float, ...]

    @classmethod
    def of(cls, cells: Iterable[Cell], context: HealthContext) -> Part:
        """The units of these cells; what is expected is summed over the periods' weights."""
        position = {arm.key: place for place, arm in enumerate(context.arms)}
        observed, by_period = [0] * len(position), dict[int, int]()
        for cell in cells:
            observed[position[cell.arm]] += cell.units
            by_period[cell.period] = by_period.get(cell.period, 0) + cell.units
        shares = {period: context.shares(period) for period in by_period}
        return cls(
            observed=tuple(observed),
            expected=tuple(
                sum(units * shares[period][place] for period, units in by_period.items())
                for place in position.values()
            ),
        )

    def __add__(self, other: Part) -> Part:
        return Part(
            observed=tuple(map(sum, zip(self.observed, other.observed, strict=True))),
            expected=tuple(map(sum, zip(self.expected, other.expected, strict=True))),
        )

    @property
    def units(self) -> int:
        return sum(self.observed)

    @property
    def is_large(self) -> bool:
        live = [due for due in self.expected if due]
        return len(live) > 1 and min(live) >= LEAST_EXPECTED

    def p_value(self, *, method: Literal["auto", "chi-square"] = "chi-square") -> float:
        """Of sizes at least as odd; 1 where there is nothing to compare.

        >>> f"{Part(observed=(821588, 815482), expected=(818535.0, 818535.0)).p_value():.2g}"
        '1.8e-06'
        """
        try:
            return stats.check_sample_ratio(self.observed, self.expected, method=method).p_value
        except stats.StatsError:
            return 1.0

    def contrast(self, other: Part) -> tuple[float, float]:
        """How much the ratios seen / expected of two parts differ: chi-square, and its p-value.

        With equal weights it is Pearson's test of homogeneity, with the planned shares as the
        known probabilities: sum over arms of (O1/E1 - O2/E2)^2 / (1/E1 + 1/E2).

        >>> even = Part(observed=(50, 50), expected=(50.0, 50.0))
        >>> round(even.contrast(Part(observed=(70, 30), expected=(50.0, 50.0)))[0], 9)
        8.0
        """
        terms = [
            (seen / due - other_seen / other_due) ** 2 / (1 / due + 1 / other_due)
            for seen, due, other_seen, other_due in zip(
                self.observed, self.expected, other.observed, other.expected, strict=True
            )
            if due and other_due
        ]
        if len(terms) < 2:
            return 0.0, 1.0
        return sum(terms), float(scipy.special.chdtrc(len(terms) - 1, sum(terms)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Parts that are at fault, against the rest, which is not.

    Attributes:
        part: The sizes that show it: of the parts together, or of the worst of them.
        p_value: Of those sizes.
        contrast: How much the parts together differ from the rest: a chi-square statistic.
    """

    part: Part
    p_value: float
    contrast: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """The part of the test that does not fit while the rest does.

    Attributes:
        kind: "segments", "from" (a day on), "until" (a day, inclusive) or "days".
        segments: The segments, if it is those.
        days: The days in it, if it is those.
        fault: What is wrong there.
    """

    kind: Kind
    segments: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    fault: Fault


def find_suspect(context: HealthContext) -> Suspect | None:
    """The segments, else the days, that explain a mismatch: without them the sizes fit.

    A part is at fault at p < 0.001 divided by the number of parts of its kind (Bonferroni); the
    rest must fit at p >= 0.001.
    """
    return _segments(context) or _days(context)


def _segments(context: HealthContext) -> Suspect | None:
    parts = _group(context, lambda cell: cell.stratum)
    bad = _bad(parts)
    fault = _single_out(parts, bad)
    return Suspect(kind="segments", segments=tuple(bad), fault=fault) if fault else None


def _days(context: HealthContext) -> Suspect | None:
    parts = _group(context, lambda cell: cell.day)
    suspects = [
        Suspect(kind=kind, days=tuple(days), fault=fault)
        for kind, days, part, rest in _stretches(parts)
        if (fault := _split_off(part, rest, tries=2 * (len(parts) - 1)))
    ]
    bad = _bad(parts)
    if fault := _single_out(parts, bad):
        suspects.append(Suspect(kind="days", days=tuple(bad), fault=fault))
    # Of equals the first is taken: bad days up to the end are "from the first of them on".
    return max(suspects, key=lambda suspect: suspect.fault.contrast, default=None)


def _stretches(parts: Mapping[date, Part]) -> Iterator[tuple[Kind, list[date], Part, Part]]:
    """Days from each day on and up to each day, their sizes, and those of the other days."""
    days = sorted(parts)
    until = list(accumulate(parts[day] for day in days))
    onwards = list(accumulate(parts[day] for day in reversed(days)))[::-1]
    for place in range(1, len(days)):
        before, after = until[place - 1], onwards[place]
        yield "from", days[place:], after, before
        yield "until", days[:place], before, after


def _group(context: HealthContext, key: Callable[[Cell], Key]) -> dict[Key, Part]:
    groups: dict[Key, list[Cell]] = {}
    for cell in context.cells:
        groups.setdefault(key(cell), []).append(cell)
    return {name: Part.of(groups[name], context) for name in sorted(groups)}


def _bad(parts: Mapping[Key, Part]) -> list[Key]:
    level = LEVEL / max(len(parts), 1)
    return [key for key, part in parts.items() if part.is_large and part.p_value() < level]


def _single_out(parts: Mapping[Key, Part], bad: Sequence[Key]) -> Fault | None:
    """Parts that are bad each by itself (together they may make up for each other)."""
    outside = [part for key, part in parts.items() if key not in bad]
    if not bad or not outside or (rest := stats.merge(outside)).p_value() < LEVEL:
        return None
    worst = min((parts[key] for key in bad), key=Part.p_value)
    together = stats.merge([parts[key] for key in bad])
    return Fault(part=worst, p_value=worst.p_value(), contrast=together.contrast(rest)[0])


def _split_off(part: Part, rest: Part, *, tries: int) -> Fault | None:
    """A stretch of days that is bad taken together, and differs from the rest."""
    if not part.is_large:
        return None
    statistic, differs = part.contrast(rest)
    p_value = part.p_value()
    if max(p_value, differs) >= LEVEL / tries or rest.p_value() < LEVEL:
        return None
    return Fault(part=part, p_value=p_value, contrast=statistic)
