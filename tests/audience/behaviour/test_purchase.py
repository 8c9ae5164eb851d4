"""The purchase model: its trees against scikit-learn's, its chances against a known world."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from statsmodels.api import Logit, add_constant

from audience.behaviour.orders import Orders
from audience.behaviour.purchase import (
    PurchaseModel,
    TooFewBuyers,
    _stacked,
    shipped_purchase,
)
from audience.behaviour.trees import BOOSTED, Trees
from inference.heads.storing import HeadUnusable

TODAY, AHEAD = 365.0, 30.0


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(1)
    columns = rng.normal(size=(600, 5))
    chance = 1 / (1 + np.exp(-2 * columns[:, 0] + columns[:, 1] ** 2))
    return columns, rng.random(600) < chance


def single(columns):
    return columns.astype(np.float32)


def test_boosted_trees_are_scikit_learns(table):
    columns, is_positive = table
    weights = np.where(np.arange(600) % 3 == 0, 0.3, 1.0)
    model = GradientBoostingClassifier(**BOOSTED, random_state=3)
    model.fit(single(columns), is_positive, weights)

    ours = Trees.boosted(columns, is_positive, weights, seed=3).sums(columns)

    assert ours == pytest.approx(model.decision_function(single(columns)), abs=1e-5)


def world(people, seed, *, words=True):
    """People who buy at a steady rate of their own; whoever likes candles buys twice as often."""
    rng = np.random.default_rng(seed)
    likes = rng.random(people) < 0.5
    rate = rng.gamma(1.5, 0.004, people) * np.where(likes, 2, 1)
    unit, at = [], []
    for person in range(people):
        times = rng.uniform(0, TODAY + AHEAD, rng.poisson(rate[person] * (TODAY + AHEAD)))
        unit += [person] * (1 + len(times))
        at += [rng.uniform(0, TODAY), *times]
    unit, at = np.array(unit), np.array(at)
    past = at < TODAY
    bought = np.bincount(unit[~past], minlength=people) > 0
    names = [("candle" if likes[one] else "rope") if words else "" for one in unit[past]]
    orders = Orders.of(unit[past], at[past], rng.gamma(2, 20, past.sum()), words=names)
    return orders, bought, 1 - np.exp(-rate * AHEAD)


@pytest.fixture(scope="module")
def fitted():
    orders, bought, _ = world(1500, seed=1)
    return PurchaseModel.fit(orders, bought, at=TODAY, days=AHEAD, seed=0)


def test_it_ranks_people_nearly_as_the_true_chances_do(fitted):
    orders, bought, truth = world(3000, seed=2)

    chances = fitted.probabilities(orders, at=TODAY)

    assert roc_auc_score(bought, chances) > roc_auc_score(bought, truth) - 0.05
    assert np.corrcoef(chances, truth)[0, 1] > 0.7


@pytest.mark.parametrize(("low", "high"), [(0.05, 0.15), (0.15, 0.3), (0.3, 0.6)])
def test_of_those_told_a_chance_about_as_many_buy(fitted, low, high):
    # So many that chance itself moves no share by a hundredth or more than one in twenty times.
    orders, bought, truth = world(12_000, seed=3)

    chances = fitted.probabilities(orders, at=TODAY)

    some = (chances >= low) & (chances < high)
    assert bought[some].mean() == pytest.approx(chances[some].mean(), abs=0.06)
    assert truth[some].mean() == pytest.approx(chances[some].mean(), abs=0.04)


def test_members_that_say_the_same_are_weighed_alike():
    rng = np.random.default_rng(1)
    known = rng.normal(size=2000)
    judged = np.column_stack([known + rng.normal(0, 0.01, 2000) for _ in range(3)])
    bought = rng.random(2000) < 1 / (1 + np.exp(-0.5 * known - 0.3))

    *weights, intercept = _stacked(judged, bought)

    free = LogisticRegression(C=1e6, max_iter=10_000).fit(judged, bought).coef_[0]
    assert np.ptp(weights) < 0.05 < 1 < np.ptp(free)
    model = Logit(bought.astype(float), add_constant(known)).fit(disp=False)
    assert sum(weights) == pytest.approx(model.params[1], rel=0.02)
    assert intercept == pytest.approx(model.params[0], abs=0.01)


def test_chances_are_calibrated(fitted):
    orders, bought, _ = world(3000, seed=3)

    chances = fitted.probabilities(orders, at=TODAY)

    told = np.log(chances / (1 - chances))
    model = Logit(bought.astype(float), add_constant(told)).fit(disp=False)
    assert 0.9 < model.params[1] < 1.2
    assert bought.mean() == pytest.approx(chances.mean(), abs=0.03)


def test_stored_and_read_it_says_the_same(fitted):
    orders, _, _ = world(200, seed=4)

    again = PurchaseModel.unpack(fitted.pack())

    expected = fitted.probabilities(orders, at=TODAY)
    assert again.probabilities(orders, at=TODAY) == pytest.approx(expected, abs=1e-9)


def test_what_was_bought_tells_people_apart(fitted):
    orders, _, _ = world(3000, seed=2)

    candles, ropes = (
        fitted.probabilities(
            Orders.of(orders.unit, orders.at, orders.value, words=[word] * len(orders.at)),
            at=TODAY,
        )
        for word in ("candle", "rope")
    )

    assert candles.mean() > 1.1 * ropes.mean()


def test_without_product_names_there_are_no_words():
    orders, bought, _ = world(1500, seed=5, words=False)

    model = PurchaseModel.fit(orders, bought, at=TODAY, days=AHEAD, seed=0)

    assert len(model.members.linear.word_weights) == 0
    assert len(model.stack) == 3


def test_orders_of_a_single_day_have_no_earlier_moment():
    rng = np.random.default_rng(1)
    orders = Orders.of(np.arange(400), np.full(400, TODAY - 1), rng.gamma(2, 20, 400))

    model = PurchaseModel.fit(orders, rng.random(400) < 0.5, at=TODAY, days=AHEAD, seed=0)

    assert model.probabilities(orders, at=TODAY).mean() == pytest.approx(0.5, abs=0.06)


def test_too_few_buyers_are_refused():
    orders, bought, _ = world(150, seed=6)

    with pytest.raises(TooFewBuyers, match="it takes 100"):
        PurchaseModel.fit(orders, bought, at=TODAY, days=AHEAD, seed=0)


def test_other_bytes_are_refused():
    with pytest.raises(HeadUnusable, match="purchase"):
        PurchaseModel.unpack(b"nothing")


def test_the_shipped_weights_hold_a_fresh_frequent_buyer_likelier_than_a_lapsed_one():
    orders = Orders.of([0] * 6 + [1], [200, 230, 260, 290, 320, 360, 100], [50.0] * 7)

    frequent, lapsed = shipped_purchase().probabilities(orders, at=TODAY)

    assert frequent > 0.6 > 0.4 > lapsed


def test_the_shipped_weights_say_where_they_come_from():
    model = shipped_purchase()

    assert model.about["command"] == "manage.py train_heads"
    assert model.about["quality"]["auc"] > 0.73
    assert 85 < model.days < 100
