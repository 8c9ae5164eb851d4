from dataclasses import replace

import numpy as np
import pytest

from campaigns.strategy import (
    FairnessRule,
    Feature,
    Limits,
    People,
    Terms,
    explain,
    is_fair,
    learn,
    make_plan,
    say,
)
from experiments.uplift import DRLearner
from tests.campaigns.strategy import worlds

# One process, since what they share takes a minute to learn.
pytestmark = pytest.mark.xdist_group("planning")

LEARNER = DRLearner(effect_base="boosting")
FREE = Terms(limits=Limits(), fairness=FairnessRule(), is_mended=False)


@pytest.fixture(scope="module")
def learnt():
    return learn(worlds.source(), LEARNER, rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def alike():
    return learn(worlds.source(differs=False), LEARNER, rng=np.random.default_rng(1))


def plan_for(learnt, terms=FREE, people=None):
    return make_plan([learnt], people or worlds.people(), terms, rng=np.random.default_rng(1))


def earned(plan, profit):
    return np.where(
        plan.chosen > 0, profit[np.arange(len(profit)), np.maximum(plan.chosen, 1) - 1], 0
    )


def test_profits_are_the_true_ones(learnt):
    people = worlds.people()
    true, found = worlds.true_profit(people.features), learnt.profit(people.features)
    assert np.abs(found.mean(axis=0) - true.mean(axis=0)).max() < 0.3
    assert all(np.corrcoef(found[:, at], true[:, at])[0, 1] > 0.9 for at in (0, 1))


def test_costs_are_messages_and_discounts(learnt):
    people = worlds.people()
    rng = np.random.default_rng(5)
    paid = worlds.paid(people.features, np.full(len(people.features), 2), rng)
    letter, ten = learnt.cost(people.features).mean(axis=0)
    assert letter == pytest.approx(0.1)
    assert ten == pytest.approx(0.1 + paid.mean() / 9, rel=0.05)


def test_the_interval_covers_what_the_plan_truly_earns():
    hits, people = 0, worlds.people(count=2000)
    profit = worlds.true_profit(people.features)
    for seed in range(25):
        rng = np.random.default_rng(seed)
        found = learn(worlds.source(units=1500, seed=seed), DRLearner(), rng=rng)
        plan = make_plan([found], people, FREE, rng=rng)
        hits += plan.value.low <= earned(plan, profit).sum() <= plan.value.high
    assert hits >= 22


def test_each_gets_what_moves_them(learnt):
    people = worlds.people()
    plan = plan_for(learnt, people=people)
    best = worlds.true_profit(people.features)
    ideal = np.maximum(best.max(axis=1), 0).sum()
    assert earned(plan, best).sum() > 0.95 * ideal
    assert plan.value.low < ideal
    assert plan.predicted == pytest.approx(plan.profit.sum())


def test_limits_hold_and_the_interval_knows_of_them(learnt):
    people = worlds.people()
    tight = Terms(
        limits=Limits(budget=600.0, most_contacts=900), fairness=FairnessRule(), is_mended=False
    )
    plan = plan_for(learnt, tight, people)
    assert plan.cost.sum() <= 600
    assert np.count_nonzero(plan.chosen) <= 900
    profit = worlds.true_profit(people.features)
    assert plan.value.low < earned(plan, profit).sum() < plan.value.high
    assert plan.value.high < plan_for(learnt, people=people).value.value


def test_a_stand_in_for_gender_is_seen_and_mended(learnt):
    people = worlds.people()
    limits = Limits(most_contacts=1200)
    rule = FairnessRule(reached_tolerance=0.02, discount_tolerance=0.01)
    plan = plan_for(learnt, Terms(limits=limits, fairness=rule), people)
    assert not is_fair(plan.treatment_before)
    assert is_fair(plan.treatment)
    assert plan.was_mended
    assert plan.price_of_fairness > 0
    assert np.count_nonzero(plan.chosen) <= 1200
    assert {one.group for one in plan.uplift} == {"man", "woman"}
    assert all(one.p_value < 0.05 for one in plan.uplift)


def test_a_mended_plan_keeps_its_budget(learnt):
    terms = Terms(
        limits=Limits(budget=300.0),
        fairness=FairnessRule(reached_tolerance=0.02, discount_tolerance=0.002),
    )
    plan = plan_for(learnt, terms)
    assert plan.cost.sum() <= 300 + 1e-6
    assert is_fair(plan.treatment)


def test_where_nobody_differs_everyone_gets_the_same(alike):
    assert not alike.is_personal
    plan = plan_for(alike)
    assert len(set(plan.chosen.tolist())) == 1
    assert [segment.conditions for segment in plan.explanation.segments] == [("Everyone",)]
    assert plan.treatment == plan.treatment_before


def test_where_nobody_differs_a_budget_goes_to_people_drawn_blindly(alike):
    people = worlds.people()
    plan = plan_for(
        alike,
        Terms(limits=Limits(most_contacts=1000), fairness=FairnessRule(), is_mended=False),
        people,
    )
    reached = plan.chosen > 0
    assert reached.sum() == 1000
    means = [people.features[reached].mean(axis=0), people.features.mean(axis=0)]
    spread = people.features.std(axis=0) / np.sqrt(1000)
    assert (np.abs(means[0] - means[1]) < 4 * spread).all()
    assert is_fair(plan.treatment)


def test_two_experiments_add_up(learnt):
    people = worlds.people()
    other = learn(worlds.source(seed=9), LEARNER, rng=np.random.default_rng(2))
    both = make_plan([learnt, other], people, FREE, rng=np.random.default_rng(1))
    assert len(both.actions) == 4
    profit = np.tile(worlds.true_profit(people.features), 2)
    truly = np.where(
        both.chosen > 0, profit[np.arange(len(profit)), np.maximum(both.chosen, 1) - 1], 0
    ).sum()
    assert both.value.low < truly < both.value.high


def test_the_explanation_names_what_decides(learnt):
    people = worlds.people()
    plan = plan_for(learnt, people=people)
    told = plan.explanation
    assert told.fidelity > 0.8
    assert {name for name, _ in told.weights[:2]} == {
        "orders in the last year", "days since the last order",
    }  # fmt: skip
    assert sum(segment.people for segment in told.segments) == len(people.features)
    assert np.bincount(told.places).tolist() == [one.people for one in told.segments]
    text = " ".join(say(one, plan.actions) for one in told.segments).lower()
    assert "days since the last order: more than 1" in text
    assert "expected to bring" in text


def test_an_action_worth_the_same_with_everybody_drowns_no_other():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(10_773, 2))
    moved = features[:, 0] > 0.3
    profit = np.column_stack([np.full(len(moved), 0.9748), np.where(moved, 1.5, -0.5)])
    assert profit[:, 0].std() > 0, "rounding leaves something, or this would show nothing"
    names = (Feature(name="orders"), Feature(name="visits"))
    told = explain(features, names, profit, np.where(moved, 2, 1), rng=rng)
    assert told.fidelity > 0.99
    assert told.weights[0][0] == "orders"


def test_every_contact_meets_the_conditions_of_their_segment(learnt):
    people = worlds.people()
    told = plan_for(learnt, people=people).explanation
    bounds = {}
    for place, segment in enumerate(told.segments):
        for sentence in segment.conditions:
            name, words = sentence.split(": ")
            at = [feature.name for feature in people.names].index(name)
            values = people.features[told.places == place, at]
            bounds[place, name] = (words, values.min(), values.max())
    for words, low, high in bounds.values():
        numbers = [float(word) for word in words.replace(",", "").split() if word.isdigit()]
        if words.startswith("more than"):
            assert low > numbers[0] - 0.51
        if words.endswith("or less") or "at most" in words:
            assert high <= numbers[-1] + 0.51


def test_counts_are_told_as_they_are():
    """A cut between 1 and 2 is no "2 or less", as rounding would have it."""
    people = worlds.people()
    counts = np.arange(len(people.features)) % 4
    profit = np.column_stack([np.where(counts >= 2, 5.0, -5.0)])
    names = (Feature(name="orders", is_count=True),)
    chosen = (counts >= 2).astype(np.int64)
    told = explain(
        counts[:, None].astype(float), names, profit, chosen, rng=np.random.default_rng(1)
    )
    assert {segment.conditions for segment in told.segments} == {
        ("orders: 1 or less",),
        ("orders: 2 or more",),
    }


def test_people_unlike_the_units_are_noticed(learnt):
    people = worlds.people()
    assert plan_for(learnt, people=people).drift == ()
    older = People(
        features=people.features + np.array([0, 200, 0]),
        names=people.names,
        attributes=people.attributes,
    )
    ((name, apart),) = plan_for(learnt, people=older).drift
    assert name == "days since the last order"
    assert apart == pytest.approx(200 / 86.3, abs=0.1)


def test_a_plan_of_nothing_explains_nothing():
    people = worlds.people(count=50)
    told = explain(
        people.features, people.names, np.zeros((50, 1)), np.zeros(50, dtype=int),
        rng=np.random.default_rng(1),
    )  # fmt: skip
    assert told.segments[0].counts == (50, 0)


@pytest.mark.parametrize("is_mended", [False, True])
def test_nobody_is_given_what_is_not_for_them_and_everybody_the_best_of_the_rest(learnt, is_mended):
    people = worlds.people()
    barred = np.random.default_rng(3).random((len(people.features), 2)) < 0.4
    held_to = Terms(limits=Limits(), fairness=FairnessRule(), is_mended=is_mended)
    kept = replace(people, barred=barred)

    plan = plan_for(learnt, held_to, kept)

    reached = np.flatnonzero(plan.chosen)
    assert not barred[reached, plan.chosen[reached] - 1].any()
    left = np.where(barred, -np.inf, learnt.profit(people.features))
    best = np.where(left.max(1) > 0, left.argmax(1) + 1, 0)
    assert is_mended or (plan.chosen == best).all()
    free = plan_for(learnt, held_to, people)
    assert plan.value.value < free.value.value
