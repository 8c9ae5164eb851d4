"""A plan's two costs: learning from an experiment, and deciding for a million contacts.

Deciding is held against NumPy's own largest of five columns, which any decision has to find at
least once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

import numpy as np

from campaigns.strategy import (
    Action,
    Attribute,
    FairnessRule,
    Limits,
    Source,
    choose,
    is_fair,
    learn,
    mend,
    report_treatment,
)
from experiments.uplift import Trial
from experiments.uplift.choices import BY_KEY

CONTACTS = 1_000_000
ACTIONS = 5
UNITS = 60_000
BUDGET = Decimal(200_000)
MOST = 300_000
DISCOUNTS = np.array([0.0, 0.0, 0.05, 0.1, 0.2])
LEARNERS = ("s", "dr", "boosting")


def run() -> dict[str, float]:
    rng = np.random.default_rng(20240501)
    profit = rng.normal(0.2, 1.0, (CONTACTS, ACTIONS))
    cost = rng.uniform(0.1, 2.0, (CONTACTS, ACTIONS))
    return _deciding(profit, cost, rng) | _mending(profit, cost, rng) | _learning(rng)


def _deciding(profit: np.ndarray, cost: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    limits = Limits(budget=float(BUDGET), most_contacts=MOST)
    seconds, found = _timed(lambda: choose(profit, cost, limits, rng=rng))
    free, _ = _timed(lambda: choose(profit, cost, Limits(most_contacts=MOST), rng=rng))
    bound, _ = _timed(lambda: profit.argmax(axis=1))
    return {
        "decide 1M x 5, budget and number of people, s": seconds,
        "decide 1M x 5, number of people, s": free,
        "NumPy's argmax of 1M x 5, s": bound,
        "gap to the bound, share of the profit": found.gap,
        "spent, share of the budget": found.spent / float(BUDGET),
    }


def _mending(profit: np.ndarray, cost: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    age = Attribute(name="age", labels=tuple("abcdef"), codes=rng.integers(6, size=CONTACTS))
    gender = Attribute(name="gender", labels=("f", "m"), codes=rng.integers(2, size=CONTACTS))
    uneven = profit + 0.6 * (gender.codes == 0)[:, None]
    rule = FairnessRule(reached_tolerance=0.02)
    limits = Limits(budget=float(BUDGET), most_contacts=MOST)
    chosen = choose(uneven, cost, limits, rng=rng).actions
    seconds, mended = _timed(lambda: mend(uneven, chosen, DISCOUNTS, [age, gender], rule))
    before, after = (
        is_fair(report_treatment(one, DISCOUNTS, [age, gender], rule)) for one in (chosen, mended)
    )
    assert (before, after) == (False, True)
    return {"mend 1M x 5 in 12 cells, s": seconds}


def _learning(rng: np.random.Generator) -> dict[str, float]:
    features = rng.normal(size=(UNITS, 15))
    given = rng.integers(3, size=UNITS)
    moved = np.where(given == 1, features[:, 0] > 0, features[:, 1] > 0) * (given > 0)
    paid = np.maximum(rng.normal(8 + 6 * moved, 10), 0)
    source = Source(
        name="bench",
        trial=Trial.drawn_with([1 / 3] * 3, features, given, paid),
        baseline=Action(key="control", name="nothing", margin=0.5),
        actions=(
            Action(key="letter", name="letter", margin=0.5, contact_cost=0.1),
            Action(key="ten", name="10 % off", margin=0.5, discount=0.1, contact_cost=0.1),
        ),
    )
    return {
        f"learn from 60,000 units, 2 actions, {key}, s": _timed(
            lambda key=key: learn(source, BY_KEY[key], rng=np.random.default_rng(1))
        )[0]
        for key in LEARNERS
    }


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found
