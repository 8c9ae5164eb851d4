"""The guardrails at the places where copy changes hands: edit, approval, launch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson

from campaigns.briefs import brief_of_variant
from campaigns.errors import CopyBlocked
from campaigns.models import Variant
from campaigns.services.neighbours import Neighbours, beside_control
from campaigns.wording import copy_of
from generation.briefs import Brief, Copy
from generation.guardrails import Surroundings, check

BLOCK = "block"


def findings_for(
    copy: Copy, brief: Brief, around: Surroundings | None = None
) -> list[dict[str, Any]]:
    """What the guardrails say, as JSON values; at least the control is compared with."""
    around = around or beside_control(brief)
    return [finding.to_json() for finding in check(copy, brief, around)]


def variant_findings(
    variant: Variant, neighbours: Neighbours | None = None
) -> list[dict[str, Any]]:
    """What the guardrails say of a variant's text now, with what a person let pass marked so.

    Who checks many variants hands in one `neighbours` for all, so that each thing is read once.
    """
    copy, brief = copy_of(variant), brief_of_variant(variant)
    findings = findings_for(copy, brief, (neighbours or Neighbours()).of(variant, brief))
    if not any(finding["severity"] == BLOCK for finding in findings):
        return findings
    passed = {
        override.rule: {
            "reason": override.reason,
            "by": override.made_by.get_username() if override.made_by else "",
        }
        for override in variant.overrides.filter(digest=digest_of(copy)).select_related("made_by")
    }
    return [
        finding | {"override": passed[finding["rule"]]} if finding["rule"] in passed else finding
        for finding in findings
    ]


def overruled_of(findings: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """The rules a person let pass, for the audit trail."""
    passed = {one["rule"]: one["override"] for one in findings if one.get("override")}
    return [{"rule": rule, **override} for rule, override in sorted(passed.items())]


def is_open(finding: dict[str, Any]) -> bool:
    """Whether a finding keeps its copy back: it blocks, and nobody let it pass."""
    return finding["severity"] == BLOCK and not finding.get("override")


def blocking_sentences(findings: Sequence[dict[str, Any]]) -> list[str]:
    return [f"{finding['field']}: {finding['message']}" for finding in findings if is_open(finding)]


def refuse_blocked(name: str, findings: Sequence[dict[str, Any]], *, doing: str) -> None:
    """Raise where a finding blocks; the message lists every one of them."""
    blocking = blocking_sentences(findings)
    if blocking:
        raise CopyBlocked(f"{name} cannot be {doing}: {'; '.join(blocking)}", blocking)


def digest_of(copy: Copy) -> str:
    """SHA-256 of the texts: what was said of a text holds for these very words only."""
    return hashlib.sha256(orjson.dumps(copy.to_json())).hexdigest()
