"""BG/NBD against a made-up world it holds in, whose people come and leave as it says."""

import numpy as np
import pytest

from audience.behaviour.alive import MONTH, Alive, Repeats
from audience.behaviour.orders import Orders

TRUE = Alive(shape=0.8, scale=1.5, leave=0.7, stay=2.4)
KNOWN, AHEAD = 300.0, 90.0


@pytest.fixture(scope="module")
def shop():
    """Repeats of many, and whether each is still there and buys within 90 days."""
    rng = np.random.default_rng(5)
    people = 20_000
    rate = rng.gamma(TRUE.shape, 1 / TRUE.scale / MONTH, people)
    leave = rng.beta(TRUE.leave, TRUE.stay, people)
    count, last, moment = np.zeros(people), np.zeros(people), np.zeros(people)
    is_here, is_counting = np.ones(people, bool), np.ones(people, bool)
    buys = np.zeros(people, bool)
    while is_counting.any():
        moment = moment + np.where(is_counting, rng.exponential(1 / rate), 0)
        buys |= is_counting & (moment >= KNOWN) & (moment < KNOWN + AHEAD)
        is_counting &= moment < KNOWN
        count, last = count + is_counting, np.where(is_counting, moment, last)
        is_here &= ~(is_counting & (rng.random(people) < leave))
        is_counting &= is_here
    return Repeats(count, last, np.full(people, KNOWN)), is_here, buys


@pytest.fixture(scope="module")
def fitted(shop):
    return Alive.fit(shop[0])


def test_it_finds_what_the_shop_is_like(fitted):
    mean_rate = fitted.shape / fitted.scale
    mean_leave = fitted.leave / (fitted.leave + fitted.stay)

    assert fitted.shape == pytest.approx(TRUE.shape, rel=0.1)
    assert mean_rate == pytest.approx(TRUE.shape / TRUE.scale, rel=0.05)
    assert mean_leave == pytest.approx(TRUE.leave / (TRUE.leave + TRUE.stay), rel=0.1)


@pytest.mark.parametrize("many", [0, 1, 2, 4])
def test_as_many_are_there_and_buy_as_it_says(fitted, shop, many):
    repeats, is_here, buys = shop
    some = repeats.count == many
    alive = fitted.chance_alive(repeats)[some]
    chance = fitted.chance_to_buy(repeats, days=AHEAD)[some]

    assert alive.mean() == pytest.approx(is_here[some].mean(), abs=0.03)
    assert chance.mean() == pytest.approx(buys[some].mean(), abs=0.03)


def test_who_came_often_and_long_ago_has_left_likelier_than_who_came_once():
    once = Repeats(np.array([0.0]), np.array([0.0]), np.array([300.0]))
    often = Repeats(np.array([9.0]), np.array([60.0]), np.array([300.0]))

    assert TRUE.chance_alive(once)[0] > TRUE.chance_alive(often)[0]
    assert TRUE.chance_if_alive(once, days=90)[0] < TRUE.chance_if_alive(often, days=90)[0]


def test_two_orders_of_a_day_are_one():
    found = Repeats.of(Orders.of([0, 0, 0, 1], [10.1, 10.9, 40.5, 20.0], [1.0] * 4), at=50.0)

    assert (found.count.tolist(), found.last.tolist()) == ([1, 0], [30, 0])
    assert found.known.tolist() == [40, 30]
