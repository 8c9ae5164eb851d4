import numpy as np
import pytest

from experiments.stats.errors import ArgumentImpossible, TooFewUnits
from experiments.uplift import Trial
from tests.experiments.uplift.simulated import three_arms

SOUND = {
    "features": [[1.0], [2.0], [3.0], [4.0]],
    "treatment": [0, 1, 0, 1],
    "outcome": [0, 1, 1, 1],
}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"features": [[1.0], [2.0]]}, "one row for each unit"),
        ({"features": np.empty((4, 0))}, "a column or more"),
        ({"outcome": [0, 1, np.nan, 1]}, "finite"),
        ({"treatment": [0, 2, 0, 1]}, "arms 0 to 1"),
        ({"weights": [1.0, 0.0]}, "above 0"),
        ({"weights": [0.5, 0.6]}, "sum to 1"),
        ({"weights": [1.0]}, "two or more"),
    ],
)
def test_what_is_no_trial_is_refused(changed, words):
    given = {"weights": [0.5, 0.5], **SOUND, **changed}
    with pytest.raises(ArgumentImpossible, match=words):
        Trial.drawn_with(**given)


def test_an_arm_needs_two_units():
    with pytest.raises(TooFewUnits):
        Trial.drawn_with([0.5, 0.5], **{**SOUND, "treatment": [0, 1, 0, 0]})


def test_unknown_chances_are_the_shares_of_the_arms():
    trial = Trial.with_estimated_chances([[0]] * 5, [0, 0, 0, 1, 1], [0, 1, 0, 1, 0])
    assert trial.propensity[0].tolist() == [0.6, 0.4]


def test_two_arms_of_three_keep_the_odds_they_had():
    trial, _ = three_arms(units=300)
    pair = trial.against_control(2)
    assert set(pair.treatment) == {0, 1}
    assert pair.units == np.isin(trial.treatment, (0, 2)).sum()
    assert pair.propensity[0].tolist() == pytest.approx([5 / 7, 2 / 7])
    with pytest.raises(ArgumentImpossible):
        trial.against_control(3)
