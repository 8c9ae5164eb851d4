"""A whole plan: from what was learnt to who gets what, what it is worth, and whether it is fair."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from campaigns.strategy.actions import LEAVE_ALONE, Action, Column, Flags, Matrix, Places
from campaigns.strategy.choosing import Choice, Limits, choose, picked
from campaigns.strategy.explaining import Explanation, Feature, explain
from campaigns.strategy.fairness import (
    Attribute,
    FairnessRule,
    GroupTreatment,
    is_fair,
    mend,
    report_treatment,
)
from campaigns.strategy.learning import Learnt
from experiments.uplift import Estimate, mean_estimate, normal_estimate

TRIMMINGS = 8
CONFIDENCE = 0.95
DRIFT_SHOWN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Contacts a plan may decide for.

    Attributes:
        features: Shape (contacts, features): as the experiments' units have them, as of now.
        names: One for each feature.
        attributes: Protected: never seen by a model.
        barred: Shape (contacts, actions): what a contact may not be given, as an offer for others;
            None: anybody may be given anything.
    """

    features: Matrix
    names: tuple[Feature, ...]
    attributes: tuple[Attribute, ...] = ()
    barred: Flags | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a plan is held to.

    Attributes:
        limits: Budget and number of contacts, for all the people.
        fairness: How alike groups have to be treated.
        is_mended: Bring an unfair plan within the rule; else it stays as it is, and says so.
    """

    limits: Limits
    fairness: FairnessRule
    is_mended: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupUplift:
    """What a plan brings per contact of one group, by the experiments' own units.

    Attributes:
        attribute: The protected attribute.
        group: Its value.
        units: Of the experiments, in the group.
        profit: Per unit, doubly robust.
        p_value: Of the same profit in all groups of the attribute (Cochran's Q).
    """

    attribute: str
    group: str
    units: int
    profit: Estimate
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who gets what.

    Attributes:
        actions: What may be given; action a of `chosen` is `actions[a - 1]`.
        chosen: Shape (contacts,): 0 is left alone.
        profit: Shape (contacts,): expected of what was chosen.
        cost: Shape (contacts,): what it takes from the budget.
        choice: As it was before any mending.
        value: Profit of the whole plan, with an interval, by units the models did not see.
        predicted: The same as the models say, who like what they chose.
        treatment: How groups are treated.
        treatment_before: The same before mending.
        was_mended: Whether the choice was changed to treat groups alike.
        uplift: What the plan brings by group.
        explanation: In sentences.
        drift: Features by which the plan's people differ from the experiments' units, and by how
            many of the units' standard deviations their means are apart.
    """

    actions: tuple[Action, ...]
    chosen: Places
    profit: Column
    cost: Column
    choice: Choice
    value: Estimate
    predicted: float
    treatment: tuple[GroupTreatment, ...]
    treatment_before: tuple[GroupTreatment, ...]
    was_mended: bool
    uplift: tuple[GroupUplift, ...]
    explanation: Explanation
    drift: tuple[tuple[str, float], ...] = ()

    @property
    def price_of_fairness(self) -> float:
        """Expected profit that mending took."""
        return self.choice.profit - self.predicted if self.was_mended else 0.0


def make_plan(
    learnt: Sequence[Learnt], people: People, terms: Terms, *, rng: np.random.Generator
) -> Plan:
    """Decide for everyone, and say what it is worth.

    The interval is of the same decisions, made about the experiments' own units by models that did
    not see them, and carried over to the people of the plan: it holds so far as those are alike.

    Args:
        learnt: From one experiment or several with the same control.
        people: Whom to decide for.
        terms: Limits and fairness.
        rng: Decides between contacts who are alike, and draws for the explanation.
    """
    profit = np.hstack([one.profit(people.features) for one in learnt])
    cost = np.hstack([one.cost(people.features) for one in learnt])
    actions = tuple(action for one in learnt for action in one.source.actions)
    discounts = np.array([action.discount for action in actions])
    barred = np.zeros(profit.shape, dtype=bool) if people.barred is None else people.barred
    choice, chosen = _decide(profit, cost, barred, people.attributes, discounts, terms, rng=rng)
    gained, units = _own_decisions(learnt, barred, discounts, terms, rng=rng)
    return Plan(
        actions=actions,
        chosen=chosen,
        profit=picked(profit, chosen),
        cost=picked(cost, chosen),
        choice=choice,
        value=_added([mean_estimate(one) for one in gained]).times(len(people.features)),
        predicted=float(picked(profit, chosen).sum()),
        treatment=report_treatment(chosen, discounts, people.attributes, terms.fairness),
        treatment_before=report_treatment(
            choice.actions, discounts, people.attributes, terms.fairness
        ),
        was_mended=bool((chosen != choice.actions).any()),
        uplift=_uplift(gained, units),
        explanation=explain(people.features, people.names, profit, chosen, rng=rng),
        drift=_drift(learnt, people),
    )


def _decide(
    profit: Matrix,
    cost: Matrix,
    barred: Flags,
    attributes: Sequence[Attribute],
    discounts: Column,
    terms: Terms,
    *,
    rng: np.random.Generator,
) -> tuple[Choice, Places]:
    """The best choice, and the one that treats groups alike as well; neither is barred."""
    profit = np.where(barred, _out_of_question(profit, cost), profit)
    choice, chosen = _fair_choice(profit, cost, attributes, discounts, terms, rng=rng)
    return choice, np.where(picked(barred.astype(float), chosen) > 0, LEAVE_ALONE, chosen)


def _out_of_question(profit: Matrix, cost: Matrix) -> float:
    """A loss that no exchange could make good."""
    return -1e3 * float(1 + np.abs(profit).max(initial=0.0) + cost.max(initial=0.0))


def _fair_choice(
    profit: Matrix,
    cost: Matrix,
    attributes: Sequence[Attribute],
    discounts: Column,
    terms: Terms,
    *,
    rng: np.random.Generator,
) -> tuple[Choice, Places]:
    choice = choose(profit, cost, terms.limits, rng=rng)
    found = report_treatment(choice.actions, discounts, attributes, terms.fairness)
    if not terms.is_mended or is_fair(found):
        return choice, choice.actions
    limits = terms.limits
    base = choice.actions
    for _ in range(TRIMMINGS):
        mended = mend(profit, base, discounts, attributes, terms.fairness)
        over = _over(mended, cost, terms.limits)
        if over <= 1:
            return choice, mended
        # Other people cost more than those they stand in for: begin with a little less.
        limits = limits.scaled(0.995 / over)
        base = choose(profit, cost, limits, rng=rng).actions
    return choice, _trimmed(mended, cost, terms.limits, rng=rng)


def _over(actions: Places, cost: Matrix, limits: Limits) -> float:
    """How many times over its limits a choice is."""
    spent, reached = float(picked(cost, actions).sum()), int(np.count_nonzero(actions))
    over = [1.0]
    if limits.budget is not None:
        over.append(spent / max(limits.budget, 1e-9))
    if limits.most_contacts is not None:
        over.append(reached / max(limits.most_contacts, 1))
    return max(over)


def _trimmed(actions: Places, cost: Matrix, limits: Limits, *, rng: np.random.Generator) -> Places:
    """Leave some people alone, drawn blindly, until the limits hold: groups stay alike."""
    rows = rng.permutation(np.flatnonzero(actions))
    spent = np.cumsum(picked(cost, actions)[rows])
    fits = spent <= (np.inf if limits.budget is None else limits.budget)
    most = len(rows) if limits.most_contacts is None else limits.most_contacts
    kept = rows[: min(int(fits.sum()), most)]
    trimmed = np.zeros_like(actions)
    trimmed[kept] = actions[kept]
    return trimmed


def _own_decisions(
    learnt: Sequence[Learnt],
    barred: Flags,
    discounts: Column,
    terms: Terms,
    *,
    rng: np.random.Generator,
) -> tuple[list[Column], list[tuple[Attribute, ...]]]:
    """For each experiment: what the plan's way of deciding brings each of its own units.

    What each unit is barred from is drawn from the plan's people.
    """
    people = len(barred)
    gained = []
    first = 0
    for one in learnt:
        features = one.source.trial.features
        profits = [own.own_profit if own is one else own.profit(features) for own in learnt]
        costs = [own.own_cost if own is one else own.cost(features) for own in learnt]
        share = Terms(
            limits=terms.limits.scaled(len(features) / max(people, 1)),
            fairness=terms.fairness,
            is_mended=terms.is_mended,
        )
        drawn = barred[rng.integers(0, people, len(features))] if barred.any() else None
        table = np.hstack(profits)
        kept_from = np.zeros(table.shape, dtype=bool) if drawn is None else drawn
        _, chosen = _decide(
            table, np.hstack(costs), kept_from, one.source.attributes, discounts, share, rng=rng
        )
        last = first + one.gains.shape[1]
        # Another experiment's action brings what that experiment says; here it brings nothing.
        own_choice = np.where((chosen > first) & (chosen <= last), chosen - first, 0)
        gained.append(picked(one.gains, own_choice))
        first = last
    return gained, [one.source.attributes for one in learnt]


def _drift(learnt: Sequence[Learnt], people: People) -> tuple[tuple[str, float], ...]:
    units = np.vstack([one.source.trial.features for one in learnt])
    spread = units.std(axis=0)
    apart = (people.features.mean(axis=0) - units.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return tuple(
        (name.name, float(value))
        for name, value in zip(people.names, apart, strict=True)
        if abs(value) > DRIFT_SHOWN
    )


def _added(estimates: Sequence[Estimate]) -> Estimate:
    error = math.sqrt(sum(one.standard_error**2 for one in estimates))
    return normal_estimate(sum(one.value for one in estimates), error, confidence=CONFIDENCE)


def _uplift(
    gained: Sequence[Column], attributes: Sequence[tuple[Attribute, ...]]
) -> tuple[GroupUplift, ...]:
    names = {one.name: None for each in attributes for one in each}
    found: list[GroupUplift] = []
    for name in names:
        parts = _by_group(name, gained, attributes)
        p_value = _same_p_value([profit for _, _, profit in parts])
        found += [
            GroupUplift(attribute=name, group=group, units=units, profit=profit, p_value=p_value)
            for group, units, profit in parts
        ]
    return tuple(found)


def _by_group(
    name: str, gained: Sequence[Column], attributes: Sequence[tuple[Attribute, ...]]
) -> list[tuple[str, int, Estimate]]:
    """What the plan brings in each group, added over experiments."""
    parts: dict[str, list[Column]] = {}
    for gain, each in zip(gained, attributes, strict=True):
        for one in each:
            if one.name == name:
                for code, label in enumerate(one.labels):
                    parts.setdefault(label, []).append(gain[one.codes == code])
    return [
        (label, sum(map(len, columns)), _added([mean_estimate(one) for one in columns]))
        for label, columns in sorted(parts.items())
        if all(len(column) >= 2 for column in columns)
    ]


def _same_p_value(estimates: Sequence[Estimate]) -> float:
    from scipy.stats import chi2

    known = [one for one in estimates if one.standard_error > 0]
    if len(known) < 2:
        return 1.0
    weights = np.array([one.standard_error**-2 for one in known])
    values = np.array([one.value for one in known])
    centre = (weights * values).sum() / weights.sum()
    return float(chi2.sf((weights * (values - centre) ** 2).sum(), len(known) - 1))
