from __future__ import annotations

import numpy as np
import pytest

from experiments.simulation import BanditDesign, play, repeat_bandit
from experiments.stats import ArgumentImpossible


@pytest.mark.parametrize("strategy", ["thompson", "top-two"])
def test_a_bandit_loses_less_than_an_even_split_and_reports_truly(strategy):
    design = BanditDesign(rates=(0.05, 0.06, 0.10), periods=6, units=600, strategy=strategy)
    study = repeat_bandit(design, repetitions=150, rng=np.random.default_rng(2))
    assert study.regret < 0.85 * study.even_regret
    assert study.best_share > 0.45
    assert study.difference_covered.value > 0.88
    assert study.lift_covered.value > 0.88
    assert abs(study.bias) < abs(study.naive_bias) + 0.005


def test_every_unit_is_given_an_arm_and_weights_follow_what_was_seen():
    design = BanditDesign(rates=(0.05, 0.4), periods=3, units=1_000)
    periods = play(design, np.random.default_rng(4))
    assert [period.units for period in periods] == [1_000] * 3
    assert periods[0].weights == (0.5, 0.5)
    assert periods[1].weights[1] > 0.95


def test_what_cannot_be_compared_is_counted_apart():
    design = BanditDesign(rates=(1e-9, 1e-9), periods=1, units=100)
    study = repeat_bandit(design, repetitions=3, rng=np.random.default_rng(1))
    assert study.not_compared.value == 1.0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: BanditDesign(rates=(0.5,)),
        lambda: BanditDesign(rates=(0.5, 1.0)),
        lambda: BanditDesign(rates=(0.5, 0.6), periods=0),
        lambda: repeat_bandit(BanditDesign(rates=(0.1, 0.2)), repetitions=0, rng=None),
    ],
)
def test_what_means_nothing_is_refused(wrong):
    with pytest.raises(ArgumentImpossible):
        wrong()
