"""Who does more because of it: effects that differ between units, and how far to believe them.

>>> rng = np.random.default_rng(1)
>>> x = rng.normal(size=(4000, 2))
>>> given = rng.integers(2, size=4000)
>>> did = x[:, 1] + given * (x[:, 0] > 0) + rng.normal(size=4000)
>>> trial = Trial.drawn_with([0.5, 0.5], x, given, did)
>>> found, = find_heterogeneity(TLearner(), trial, rng=rng)
>>> found.is_found, [round(group.value, 1) for group in found.groups]
(True, [0.0, 0.0, 0.5, 1.0, 1.0])
"""

from __future__ import annotations

import numpy as np  # noqa: F401 (for the example)

from experiments.uplift.bases import Base
from experiments.uplift.crossfit import (
    Effect,
    Learner,
    cross_fitted_effects,
    cross_fitted_outcomes,
    draw_folds,
)
from experiments.uplift.estimates import Estimate, mean_estimate, normal_estimate
from experiments.uplift.heterogeneity import Heterogeneity, find_heterogeneity
from experiments.uplift.learners import (
    Blend,
    ClassTransformation,
    DRLearner,
    SLearner,
    TLearner,
    XLearner,
)
from experiments.uplift.policies import policy_gain, policy_value, same_for_all, treat_first
from experiments.uplift.ranking import (
    Quality,
    auuc,
    compare_qini,
    gain_curve,
    qini,
    rank_quality,
    uplift_at,
)
from experiments.uplift.scores import doubly_robust_scores
from experiments.uplift.trials import Trial

__all__ = [
    "Base",
    "Blend",
    "ClassTransformation",
    "DRLearner",
    "Effect",
    "Estimate",
    "Heterogeneity",
    "Learner",
    "Quality",
    "SLearner",
    "TLearner",
    "Trial",
    "XLearner",
    "auuc",
    "compare_qini",
    "cross_fitted_effects",
    "cross_fitted_outcomes",
    "doubly_robust_scores",
    "draw_folds",
    "find_heterogeneity",
    "gain_curve",
    "mean_estimate",
    "normal_estimate",
    "policy_gain",
    "policy_value",
    "qini",
    "rank_quality",
    "same_for_all",
    "treat_first",
    "uplift_at",
]
