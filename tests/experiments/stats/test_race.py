from __future__ import annotations

import numpy as np
import pytest

from experiments.stats import ArgumentImpossible, Race, plan_race
from experiments.stats.race import chance_to_lead


# Evan Miller's table, one-sided 5 %, power 80 %.
@pytest.mark.parametrize(
    ("effect", "most", "lead"),
    [(0.5, 170, 26), (0.4, 243, 31), (0.3, 391, 39), (0.2, 808, 56), (0.1, 2922, 106)],
)
def test_the_published_races(effect, most, lead):
    assert plan_race(effect) == Race(lead=lead, most=most)


def test_the_chance_is_that_of_walks_that_are_counted_step_by_step():
    def counted(lead, most, forward):
        places, passed = np.zeros(2 * most + 3), 0.0
        places[most] = 1.0
        for _ in range(most):
            places = forward * np.roll(places, 1) + (1 - forward) * np.roll(places, -1)
            passed += places[most + lead]
            places[most + lead] = 0.0
        return passed

    for lead, most, forward in [(3, 9, 0.5), (3, 10, 0.55), (4, 25, 0.6), (2, 2, 0.5)]:
        assert chance_to_lead(lead, most, forward) == pytest.approx(counted(lead, most, forward))
    assert chance_to_lead(5, 4) == 0.0


@pytest.mark.parametrize(
    ("effect", "options"), [(0.0, {}), (0.1, {"level": 0.9}), (0.1, {"power": 1.0}), (1e-4, {})]
)
def test_a_race_without_a_meaning_or_an_end_is_named(effect, options):
    with pytest.raises(ArgumentImpossible):
        plan_race(effect, **options)
