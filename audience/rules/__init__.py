"""The rule language of segments: JSON parsed into frozen nodes, or refused with the place. Pure.

`forms` declares every kind of rule out of the kinds of value in `kinds`; `parsing` reads rules with
them, `schema` publishes them, `nodes` is what comes out.
"""

from __future__ import annotations

from audience.rules.nodes import (
    About,
    AllOf,
    AnyOf,
    Attribute,
    Bounds,
    Category,
    Comparisons,
    Consented,
    Did,
    Everyone,
    InCluster,
    InGroup,
    InSegment,
    Intent,
    Interest,
    Not,
    Rule,
    Scalar,
    Sentiment,
    Share,
    Suppressed,
    Trait,
    When,
    Wrote,
)
from audience.rules.parsing import MAX_DEPTH, MAX_RULES, leaves, parse_rule, places
from audience.rules.schema import rule_schema

__all__ = [
    "MAX_DEPTH",
    "MAX_RULES",
    "About",
    "AllOf",
    "AnyOf",
    "Attribute",
    "Bounds",
    "Category",
    "Comparisons",
    "Consented",
    "Did",
    "Everyone",
    "InCluster",
    "InGroup",
    "InSegment",
    "Intent",
    "Interest",
    "Not",
    "Rule",
    "Scalar",
    "Sentiment",
    "Share",
    "Suppressed",
    "Trait",
    "When",
    "Wrote",
    "leaves",
    "parse_rule",
    "places",
    "rule_schema",
]
