"""How a declared test is judged: what the product's own tests keep in their rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar, cast, get_args

from experiments import stats
from experiments.results import LookRule
from experiments.results.looking import Rule
from experiments.stats.multiplicity import Correction
from experiments.stats.spending import Spending
from experiments.warehouse.sections import Section

Value = TypeVar("Value")

PLANNED = "group_sequential"
CORRECTIONS = (*get_args(Correction), "dunnett")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The defaults are those of the product.

    Attributes:
        confidence: Of the whole test.
        looks: "fixed", "anytime" or "group_sequential".
        planned_units: The sample it was planned for, all arms together.
        planned_looks: Of "group_sequential": at equal steps to the planned sample.
        earlier_looks: Of "group_sequential": units at each look taken before.
        spending: Of "group_sequential": how the level is spent.
        minimum_units_per_arm: No winner before.
        minimum_days: No winner before.
        days: How long it ran; None: as the exposures say.
        correction: How the goals share the level.
        primary_share: The first goal's share of it.
    """

    confidence: float = 0.95
    looks: Rule = "anytime"
    planned_units: int | None = None
    planned_looks: int = 5
    earlier_looks: tuple[int, ...] = ()
    spending: Spending = "obrien-fleming"
    minimum_units_per_arm: int = 150
    minimum_days: int = 3
    days: int | None = None
    correction: str = "holm"
    primary_share: float = 0.5

    @property
    def minimums(self) -> stats.Minimums:
        return stats.Minimums(
            units_per_arm=self.minimum_units_per_arm,
            days=self.minimum_days,
            planned_units=self.planned_units,
        )

    def rule(self, units: int) -> LookRule:
        """The rule of looking, at so many units."""
        if self.looks == "fixed":
            return LookRule(confidence=self.confidence)
        if self.looks == "anytime":
            tuned_for = float(self.planned_units or stats.TUNED_FOR_UNITS)
            return LookRule(rule="anytime", confidence=self.confidence, tuned_for=tuned_for)
        return self._planned(units)

    def _planned(self, units: int) -> LookRule:
        """Looks fall due at equal steps; one that was taken at so many units is not taken again."""
        planned = self.planned_units or 1
        taken = [look for look in self.earlier_looks if look < units]
        due, before = self._due(units), self._due(taken[-1]) if taken else 0
        return LookRule(
            rule="group_sequential",
            confidence=self.confidence,
            earlier=tuple(look / planned for look in taken),
            information=min(units / planned, 1.0),
            spending=self.spending,
            is_look=due > before or units in self.earlier_looks,
            next_look=math.ceil(planned * (due + 1) / self.planned_looks)
            if due < self.planned_looks
            else None,
        )

    def _due(self, units: int) -> int:
        share = min(units / (self.planned_units or 1), 1.0)
        return math.floor(share * self.planned_looks + 1e-9)


def settings_from(head: Section) -> Settings:
    """
    Raises:
        DeclarationInvalid: Something in it cannot be.
    """
    default = Settings()
    found = Settings(
        confidence=_or(head.number("confidence"), default.confidence),
        looks=cast(Rule, head.text("looks", default.looks, among=get_args(Rule))),
        planned_units=head.whole("planned_units"),
        planned_looks=_or(head.whole("planned_looks"), default.planned_looks),
        earlier_looks=head.wholes("earlier_looks"),
        spending=cast(Spending, head.text("spending", default.spending, among=get_args(Spending))),
        minimum_units_per_arm=_or(
            head.whole("minimum_units_per_arm"), default.minimum_units_per_arm
        ),
        minimum_days=_or(head.whole("minimum_days"), default.minimum_days),
        days=head.whole("days"),
        correction=head.text("correction", default.correction, among=CORRECTIONS),
        primary_share=_or(head.number("primary_share"), default.primary_share),
    )
    _check(head, found)
    return found


def _check(head: Section, found: Settings) -> None:
    head.share("confidence", found.confidence)
    head.share("primary_share", found.primary_share)
    for key in ("planned_units", "planned_looks", "minimum_units_per_arm"):
        value = getattr(found, key)
        if value is not None and value < 1:
            raise head.wrong(key, f"is {value}; it must be 1 or more, or left out")
    for key in ("minimum_days", "days"):
        value = getattr(found, key)
        if value is not None and value < 0:
            raise head.wrong(key, f"is {value}; it must be 0 or more, or left out")
    if found.looks == PLANNED and found.planned_units is None:
        raise head.wrong(
            "looks", f"= {PLANNED!r} needs planned_units: the sample the looks lead to"
        )
    if list(found.earlier_looks) != sorted(set(found.earlier_looks)) or 0 in found.earlier_looks:
        raise head.wrong("earlier_looks", "must be units above 0, in order")


def _or(value: Value | None, default: Value) -> Value:
    return default if value is None else value
