"""The learners that are compared, and the one that plans use."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.uplift.crossfit import Learner
from experiments.uplift.learners import (
    ClassTransformation,
    DRLearner,
    SLearner,
    TLearner,
    XLearner,
)

T_LOGITS = TLearner(base="logit")
DEFAULT_LEARNER: Learner = SLearner(base="logit")
LEARNERS: tuple[Learner, ...] = (
    DEFAULT_LEARNER,
    T_LOGITS,
    ClassTransformation(),
    XLearner(),
    DRLearner(),
    SLearner(base="boosting"),
    DRLearner(effect_base="boosting"),
)

# By the name a plan keeps; every one takes outcomes of any kind.
BY_KEY: Mapping[str, Learner] = {
    "s": SLearner(),
    "t": TLearner(),
    "x": XLearner(),
    "dr": DRLearner(),
    "boosting": DRLearner(effect_base="boosting"),
}
