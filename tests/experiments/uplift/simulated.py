"""Trials whose truth is known."""

from __future__ import annotations

import numpy as np

from experiments.uplift import Trial


def two_arms(units=6000, *, seed=1, chance=0.5, effect=None):
    """Two features that matter to the outcome; the first decides the effect too.

    Returns the trial and each unit's true effect.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(units, 4))
    given = (rng.random(units) < chance).astype(int)
    true = effect(x) if effect else 0.5 + x[:, 0]
    outcome = x[:, 1] + given * true + rng.normal(size=units)
    return Trial.drawn_with([1 - chance, chance], x, given, outcome), true


def binary(units=8000, *, seed=1, chance=0.5, slope=0.2):
    """Did it or not; the effect on the chance of doing it is 0.1 + slope * (x0 > 0)."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(units, 3))
    given = (rng.random(units) < chance).astype(int)
    true = 0.1 + slope * (x[:, 0] > 0)
    outcome = (rng.random(units) < 0.2 + 0.1 * (x[:, 1] > 0) + given * true).astype(float)
    return Trial.drawn_with([1 - chance, chance], x, given, outcome), true


def three_arms(units=9000, *, seed=1):
    """Arm 1 helps those with a high first feature, arm 2 those with a low one."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(units, 3))
    weights = [0.5, 0.3, 0.2]
    given = rng.choice(3, p=weights, size=units)
    true = np.stack([x[:, 0], -x[:, 0]], axis=1)
    gained = np.where(given == 0, 0.0, true[np.arange(units), np.maximum(given, 1) - 1])
    outcome = x[:, 1] + gained + rng.normal(size=units)
    return Trial.drawn_with(weights, x, given, outcome), true
