"""Shops whose truth is known: what people pay without and with each action."""

from __future__ import annotations

import numpy as np

from campaigns.strategy import Action, Attribute, Feature, People, Source
from experiments.uplift import Trial

MARGIN = 0.5
LETTER = Action(key="letter", name="A letter", margin=MARGIN, contact_cost=0.1)
TEN = Action(key="ten", name="10 % off", margin=MARGIN, discount=0.1, contact_cost=0.1)
NOTHING = Action(key="control", name="Nothing", margin=MARGIN)
NAMES = (
    Feature(name="orders in the last year"),
    Feature(name="days since the last order"),
    Feature(name="reads on the phone", is_yes_no=True),
)
WEIGHTS = [0.4, 0.3, 0.3]


def contacts(count, rng):
    x = np.column_stack(
        [rng.poisson(3, count), rng.integers(1, 300, count), rng.random(count) < 0.5]
    ).astype(float)
    # Women buy more often: orders stand in for gender, which no model sees.
    is_woman = rng.random(count) < np.where(x[:, 0] > 3, 0.8, 0.3)
    return x, Attribute.of("gender", np.where(is_woman, "woman", "man").tolist())


def paid(x, arm, rng, *, differs=True):
    """A letter moves those who order often, a discount those who have not for long."""
    often = (x[:, 0] > 3) if differs else 0.4
    long_ago = (x[:, 1] > 150) if differs else 0.5
    mean = 4 + 1.0 * x[:, 0] + (arm == 1) * 6 * often + (arm == 2) * 8 * long_ago
    return np.maximum(mean + 4 * rng.normal(size=len(x)), 0)


def true_profit(x, *, differs=True, draws=200):
    """Expected profit of each action against nothing, by drawing."""
    rng = np.random.default_rng(77)
    arms = (NOTHING, LETTER, TEN)
    means = []
    for arm, action in enumerate(arms):
        drawn = [
            action.profit(paid(x, np.full(len(x), arm), rng, differs=differs)) for _ in range(draws)
        ]
        means.append(np.mean(drawn, axis=0))
    return np.stack([means[1] - means[0], means[2] - means[0]], axis=1)


def source(units=6000, *, seed=1, differs=True):
    rng = np.random.default_rng(seed)
    x, gender = contacts(units, rng)
    arm = rng.choice(3, p=WEIGHTS, size=units)
    return Source(
        name="spring",
        trial=Trial.drawn_with(WEIGHTS, x, arm, paid(x, arm, rng, differs=differs)),
        baseline=NOTHING,
        actions=(LETTER, TEN),
        attributes=(gender,),
    )


def people(count=4000, *, seed=2):
    x, gender = contacts(count, np.random.default_rng(seed))
    return People(features=x, names=NAMES, attributes=(gender,))
