"""The price of looking and the people a test needs, in words, while a launch is being filled in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.cells import CONTROL
from campaigns.selectors import Prospects
from core.errors import InputRefused
from experiments import stats
from experiments.results.prices import POWER, People, Price, people_needed, price_of
from web import figures
from web.launch import LaunchForm

CONFIDENCE = 0.95
MOST_LOOKS = 20
SPENDING_NAMES = {"obrien-fleming": "O’Brien-Fleming", "pocock": "Pocock"}
TESTS = 100


@dataclass(frozen=True)
class PriceLine:
    """A rule of looking in a row of the table."""

    name: str
    width: str
    found: str
    people: str
    is_chosen: bool


@dataclass(frozen=True)
class PricePanel:
    """`people` is what the plan needs, under the rule that holds once they are planned.

    `warning` is a choice that would mislead.
    """

    sentence: str
    warning: str
    lines: tuple[PriceLine, ...]
    plan: tuple[str, ...]
    people: int | None
    people_rule: str


def price_panel(form: LaunchForm, prospects: Prospects) -> PricePanel:
    """What is valid in the form counts; the rest is as if left alone."""
    form.is_valid()
    weights = _weights(form)
    planned = form.cleaned_data.get("planned_units")
    asked = _Asked.of(form, weights)
    prices = _prices(form, units=planned or asked.units, weights=weights)
    chosen = next(price for price in prices if _is_chosen(form, price))
    # Left to the sample, a planned one means one look.
    once_planned = chosen if form.cleaned_data.get("looks") else prices[0]
    return PricePanel(
        sentence=_sentence(chosen),
        warning=_warning(form),
        lines=tuple(_line(price, asked, prospects, is_chosen=price is chosen) for price in prices),
        plan=tuple(_plan(asked, chosen, prospects)),
        people=asked.people(once_planned, prospects).units if asked.is_known else None,
        people_rule=_name(once_planned).lower(),
    )


@dataclass(frozen=True)
class _Asked:
    """What is to be found: control's rate and the smallest lift, as shares."""

    baseline: float | None
    lift: float | None
    weights: Mapping[str, float]
    confidence: float

    @classmethod
    def of(cls, form: LaunchForm, weights: Mapping[str, float]) -> _Asked:
        percent, lift = form.cleaned_data.get("baseline"), form.cleaned_data.get("lift")
        # Of several goals the first has half of the level to itself.
        goals = max(len(form.cleaned_data.get("goals") or ()), 1)
        return cls(
            baseline=percent / 100 if percent else None,
            lift=lift / 100 if lift else None,
            weights=weights,
            confidence=CONFIDENCE if goals == 1 else 1 - (1 - CONFIDENCE) / 2,
        )

    @property
    def is_known(self) -> bool:
        if self.baseline is None or self.lift is None:
            return False
        return self.baseline * (1 + self.lift) < 1 and min(self.weights.values()) > 0

    @property
    def units(self) -> int:
        """Where nothing is planned or known, the size the anytime rule is tuned for."""
        if not self.is_known:
            return int(stats.TUNED_FOR_UNITS)
        return people_needed(**self._what()).units

    def people(self, price: Price, prospects: Prospects) -> People:
        return people_needed(
            **self._what(),
            times=price.times,
            audience=prospects.audience,
            per_day=prospects.per_day,
        )

    def detectable(self, price: Price, units: int) -> float | None:
        """The smallest lift that so many people would show, under the rule."""
        rivals = [weight for arm, weight in self.weights.items() if arm != CONTROL]
        in_control = units * self.weights[CONTROL] / price.times
        if self.baseline is None or in_control < 2:
            return None
        try:
            found = stats.detectable_difference(
                deviation=math.sqrt(self.baseline * (1 - self.baseline)),
                units_per_arm=in_control,
                power=POWER,
                ratio=min(rivals) / self.weights[CONTROL],
                confidence=self.confidence,
                comparisons=len(rivals),
            )
        except stats.StatsError:
            return None
        return found / self.baseline

    def _what(self) -> dict[str, Any]:
        return {
            "baseline": self.baseline,
            "lift": self.lift,
            "weights": self.weights,
            "control": CONTROL,
            "confidence": self.confidence,
        }


def _weights(form: LaunchForm) -> Mapping[str, float]:
    equal = dict.fromkeys(form.arms, 1 / len(form.arms))
    try:
        return form.weights() or equal
    except InputRefused:
        return equal


def _prices(form: LaunchForm, *, units: int, weights: Mapping[str, float]) -> list[Price]:
    """Of each rule; the people are those of one comparison: an arm's and control's."""
    largest = max(weight for arm, weight in weights.items() if arm != CONTROL)
    compared = max(int(units * (weights[CONTROL] + largest)), 2)
    looks = min(form.cleaned_data.get("planned_looks") or 5, MOST_LOOKS)
    planned = form.cleaned_data.get("planned_units")
    return [
        price_of("fixed", units=units),
        *(
            price_of("group_sequential", units=units, looks=looks, spending=spending)
            for spending in ("obrien-fleming", "pocock")
        ),
        price_of("anytime", units=compared, tuned_for=float(planned or stats.TUNED_FOR_UNITS)),
    ]


def _is_chosen(form: LaunchForm, price: Price) -> bool:
    if form.rule != price.rule:
        return False
    spending = form.cleaned_data.get("spending") or "obrien-fleming"
    return price.rule != "group_sequential" or price.spending == spending


def _sentence(price: Price) -> str:
    if price.rule == "fixed":
        return (
            "One look: no price in people, and no winner before the planned sample is there. "
            "Only clear harm stops the test earlier."
        )
    if price.rule == "group_sequential":
        return (
            f"Planned looks ({price.looks}, {SPENDING_NAMES[price.spending]}): "
            f"{price.times - 1:.1%} more people than one look, and a test that often ends early."
        )
    return (
        f"Any time: with {price.units:,} people in two arms the intervals are {price.width:.2f} "
        f"times as wide. A lift that one look would find in {POWER * TESTS:.0f} of {TESTS} tests "
        f"is found in {price.power * TESTS:.0f} at that size, or needs about {price.times:.1f} "
        f"times the people."
    )


def _warning(form: LaunchForm) -> str:
    if form.rule == "fixed" and not form.cleaned_data.get("planned_units"):
        return (
            "One look without a planned sample: looking again and again until an arm wins finds "
            "winners that are none. Plan a sample, or choose a rule that holds at any time."
        )
    return ""


def _line(price: Price, asked: _Asked, prospects: Prospects, *, is_chosen: bool) -> PriceLine:
    times = f"{price.times:.2f} ×"
    return PriceLine(
        name=_name(price),
        width=f"{price.width:.2f} ×",
        found=f"{price.power * TESTS:.0f} of {TESTS}",
        people=figures.count(asked.people(price, prospects).units) if asked.is_known else times,
        is_chosen=is_chosen,
    )


def _name(price: Price) -> str:
    if price.rule == "fixed":
        return "One look"
    if price.rule == "anytime":
        return "Any time"
    return f"{price.looks} looks, {SPENDING_NAMES[price.spending]}"


def _plan(asked: _Asked, price: Price, prospects: Prospects) -> list[str]:
    if not asked.is_known or asked.baseline is None or asked.lift is None:
        return ["Fill in control’s rate and the smallest lift: then the people needed stand here."]
    people = asked.people(price, prospects)
    said = [
        f"To find a lift of {figures.signed_percent(asked.lift)} "
        f"({figures.percent(asked.baseline)} to {figures.percent(people.changed)}) in "
        f"{POWER * TESTS:.0f} of {TESTS} tests: {figures.count(people.units)} people in all arms."
    ]
    there = f"{figures.count(prospects.audience)} people are in the segments now"
    if people.days == 0:
        return [*said, f"{there}: enough, once the email is sent to them."]
    smallest = asked.detectable(price, prospects.audience)
    if smallest is not None:
        there = f"{there}, and could show a lift of {figures.signed_percent(smallest)}"
    return [*said, f"{there}; {_coming(people, prospects)}."]


def _coming(people: People, prospects: Prospects) -> str:
    if prospects.per_day is None:
        return "how many new ones come is not known yet"
    if people.days is None:
        return "no new ones come in, so they will never be enough"
    return (
        f"at {prospects.per_day:,.1f} new ones a day it takes {figures.count(people.days)} days "
        "to have enough"
    )
