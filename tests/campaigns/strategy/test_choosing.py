"""Choices against SciPy's exact integer programme."""

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from campaigns.strategy import Limits, choose, picked
from core.errors import InputRefused


def exact(profit, cost, limits):
    """The best profit there is, by branch and bound."""
    contacts, actions = profit.shape
    per_contact = np.kron(np.eye(contacts), np.ones(actions))
    constraints = [LinearConstraint(per_contact, -np.inf, 1)]
    if limits.budget is not None:
        constraints.append(LinearConstraint(cost.reshape(1, -1), -np.inf, limits.budget))
    if limits.most_contacts is not None:
        constraints.append(
            LinearConstraint(np.ones((1, profit.size)), -np.inf, limits.most_contacts)
        )
    found = milp(
        -profit.ravel(), constraints=constraints, integrality=np.ones(profit.size),
        bounds=Bounds(0, 1),
    )  # fmt: skip
    return -found.fun


def table(seed, contacts=40, actions=3):
    rng = np.random.default_rng(seed)
    return rng.normal(1, 2, (contacts, actions)), rng.uniform(0.2, 3, (contacts, actions))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    "limits",
    [
        Limits(),
        Limits(most_contacts=10),
        Limits(budget=12.0),
        Limits(budget=12.0, most_contacts=8),
        Limits(budget=0.0),
        Limits(most_contacts=0),
        Limits(budget=1e9),
    ],
    ids=str,
)
def test_a_choice_is_near_the_best_and_never_above_its_bound(seed, limits):
    profit, cost = table(seed)
    found = choose(profit, cost, limits, rng=np.random.default_rng(seed))
    best = exact(profit, cost, limits)
    assert found.profit <= best + 1e-6 <= found.bound + 2e-6
    assert found.profit >= 0.93 * best - 1e-9
    assert found.profit == pytest.approx(picked(profit, found.actions).sum())
    assert found.spent == pytest.approx(picked(cost, found.actions).sum())
    assert found.spent <= (np.inf if limits.budget is None else limits.budget) + 1e-9
    assert found.reached == np.count_nonzero(found.actions)
    assert found.reached <= (40 if limits.most_contacts is None else limits.most_contacts)


@pytest.mark.parametrize("limits", [Limits(), Limits(most_contacts=10)], ids=str)
def test_without_a_budget_the_choice_is_the_best(limits):
    profit, cost = table(3)
    found = choose(profit, cost, limits, rng=np.random.default_rng(1))
    assert found.profit == pytest.approx(exact(profit, cost, limits))
    assert found.gap == pytest.approx(0)


def test_many_contacts_leave_next_to_no_gap():
    profit, cost = table(4, contacts=20_000)
    found = choose(
        profit, cost, Limits(budget=6000.0, most_contacts=7000), rng=np.random.default_rng(1)
    )
    assert found.gap < 1e-3
    assert found.price > 0


def test_contacts_who_are_alike_share_a_budget_blindly():
    profit, cost = np.full((1000, 1), 2.0), np.ones((1000, 1))
    found = [
        choose(profit, cost, Limits(budget=300.0), rng=np.random.default_rng(seed))
        for seed in (1, 2)
    ]
    assert [one.reached for one in found] == [300, 300]
    assert 60 < (found[0].actions * found[1].actions).sum() < 120
    assert found[0].actions[:500].sum() == pytest.approx(150, abs=30)


def test_a_free_action_needs_no_budget():
    found = choose(
        np.array([[1.0], [2.0], [-1.0]]), np.zeros((3, 1)), Limits(budget=0.0),
        rng=np.random.default_rng(1),
    )  # fmt: skip
    assert found.actions.tolist() == [1, 1, 0]


def test_nothing_that_loses_is_done():
    found = choose(-np.ones((5, 2)), np.ones((5, 2)), Limits(), rng=np.random.default_rng(1))
    assert (found.reached, found.profit, found.gap) == (0, 0.0, 0.0)


def test_nobody_gets_nothing():
    found = choose(np.ones((0, 2)), np.ones((0, 2)), Limits(), rng=np.random.default_rng(1))
    assert found.actions.tolist() == []


@pytest.mark.parametrize("field", ["budget", "most_contacts"])
def test_a_limit_below_zero_is_refused(field):
    with pytest.raises(InputRefused) as refused:
        Limits(**{field: -1})
    assert refused.value.field == field
