"""From past experiments to who gets what: an offer, an angle, a product, or nothing. Pure.

`learning` turns a finished experiment into profits, `choosing` decides under a budget, `fairness`
looks after protected groups, `explaining` puts it in words, `planning` does it all.
"""

from __future__ import annotations

from campaigns.strategy.actions import LEAVE_ALONE, Action
from campaigns.strategy.choosing import Choice, Limits, choose, picked
from campaigns.strategy.explaining import Explanation, Feature, Segment, explain, say
from campaigns.strategy.fairness import (
    UNKNOWN,
    Attribute,
    FairnessRule,
    GroupTreatment,
    is_fair,
    mend,
    report_treatment,
)
from campaigns.strategy.learning import Learnt, Source, learn
from campaigns.strategy.planning import GroupUplift, People, Plan, Terms, make_plan

__all__ = [
    "LEAVE_ALONE",
    "UNKNOWN",
    "Action",
    "Attribute",
    "Choice",
    "Explanation",
    "FairnessRule",
    "Feature",
    "GroupTreatment",
    "GroupUplift",
    "Learnt",
    "Limits",
    "People",
    "Plan",
    "Segment",
    "Source",
    "Terms",
    "choose",
    "explain",
    "is_fair",
    "learn",
    "make_plan",
    "mend",
    "picked",
    "report_treatment",
    "say",
]
