"""Campaigns as feature flags: what any OpenFeature or GrowthBook client asks for.

A flag is a campaign that is live or paused; its variants are the arms, its value is the copy. Who
asks by a key that may be seen in a browser gets texts without the contact's own values, and is not
told who unsubscribed or which segment somebody is in: contacts' ids can be guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns import live_plans
from campaigns.decisions import Decision
from campaigns.personalise import decide
from campaigns.rendering import rendered, variables_for
from core.errors import InputRefused

NOT_RUNNING = ("campaign_", "experiment_")
UNKNOWN = "unknown_campaign"


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag for one unit.

    Attributes:
        key: The campaign's key.
        variant: The arm's key.
        value: The copy's texts by name.
        reason: In OpenFeature's words: SPLIT, TARGETING_MATCH, STATIC, DISABLED or UNKNOWN.
        metadata: What else there is to say.
    """

    key: str
    variant: str
    value: dict[str, str]
    reason: str
    metadata: dict[str, str | bool]


def evaluate(
    key: str, unit: str, *, now: datetime, is_counted: bool, is_private: bool
) -> Flag | None:
    """The flag for a unit, as `decide` decides; None: there is no such flag.

    `is_private` says that nobody but the shop sees the answer.
    """
    decision = decide(key, unit, now=now, is_counted=is_counted)
    if decision.reason == UNKNOWN:
        return None
    return _private(decision) if is_private else _public(decision)


def evaluate_all(unit: str, *, now: datetime, is_private: bool) -> list[Flag]:
    """Every flag for a unit; by asking for all of them nobody is in a test."""
    found = (
        evaluate(key, unit, now=now, is_counted=False, is_private=is_private)
        for key in live_plans.keys_in_use()
    )
    return [flag for flag in found if flag is not None]


def _private(decision: Decision) -> Flag:
    metadata: dict[str, str | bool] = {
        "experiment": decision.experiment,
        "assignment": decision.assignment,
        "segment": decision.segment,
        "why": decision.reason,
        "holdout": decision.holdout,
        "suppressed": decision.suppressed,
        "fallback": decision.fallback,
    }
    value = dict(decision.content.texts())
    return Flag(decision.campaign, decision.arm, value, _reason(decision), metadata)


def _public(decision: Decision) -> Flag:
    value = _impersonal(decision)
    reason = "STATIC" if decision.suppressed else _reason(decision)
    metadata: dict[str, str | bool] = {
        "experiment": decision.experiment,
        "fallback": decision.fallback,
    }
    return Flag(decision.campaign, decision.arm, value, reason, metadata)


def _impersonal(decision: Decision) -> dict[str, str]:
    """The same text, filled in as for somebody nothing is known of."""
    plan = live_plans.last_known(decision.campaign)
    text = plan.text(decision.segment, decision.arm) if plan else None
    if plan is None or text is None:
        return dict.fromkeys(dict(decision.content.texts()), "")
    try:
        return dict(rendered(text.copy, variables_for(plan.shop, None)).texts())
    except InputRefused:
        return dict.fromkeys(dict(decision.content.texts()), "")


def _reason(decision: Decision) -> str:
    if decision.reason == "forced":
        return "TARGETING_MATCH"
    if decision.reason.startswith(NOT_RUNNING):
        return "DISABLED"
    if decision.fallback:
        return "UNKNOWN"
    return "SPLIT" if decision.assignment else "STATIC"
