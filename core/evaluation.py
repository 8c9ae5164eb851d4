"""Quality figures as commands print them: each beside what it is held against. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        name: What was measured, and on what, e.g. `AUC, words and vectors`.
        value: The measurement.
        low: Lower end of its interval; None where it has none.
        high: Upper end of its interval; None where it has none.
        least: What the value must reach; None where nothing is asked of it.
        most: What the value must not exceed; None where nothing is asked of it.
        note: Where it comes from, or how to read it.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether what is asked of it holds; None where nothing is.

        >>> Figure("AUC", 0.96, least=0.958).is_met, Figure("AUC", 0.96).is_met
        (True, None)
        """
        if self.least is None and self.most is None:
            return None
        is_enough = self.least is None or self.value >= self.least
        return is_enough and (self.most is None or self.value <= self.most)


@dataclass(frozen=True, slots=True)
class Section:
    """Figures of one question, with the sentence that says how they were taken."""

    title: str
    how: str
    figures: Sequence[Figure]


def table(section: Section) -> str:
    """A section as lines of text.

    >>> print(table(Section("Sentiment", "Five folds.", [Figure("AUC", 0.9612, least=0.958)])))
    Sentiment
      Five folds.
      AUC    0.9612                      at least 0.958: yes
    """
    width = max((len(figure.name) for figure in section.figures), default=0)
    lines = [section.title, f"  {section.how}"]
    lines += [f"  {figure.name:<{width}}  {_values(figure)}".rstrip() for figure in section.figures]
    return "\n".join(lines)


def _values(figure: Figure) -> str:
    interval = "" if figure.low is None else f"[{figure.low:.4f}, {figure.high:.4f}]"
    said = " · ".join(part for part in (_asked(figure), figure.note) if part)
    return f"{figure.value:>8.4f}  {interval:<18}  {said}"


def _asked(figure: Figure) -> str:
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("at least", figure.least), ("at most", figure.most))
        if bound is not None
    ]
    return f"{', '.join(bounds)}: {'yes' if figure.is_met else 'NO'}" if bounds else ""
