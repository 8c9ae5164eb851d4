"""The guardrails at the places where copy changes hands: edit, approval, launch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from campaigns.briefs import brief_of_variant
from campaigns.errors import CopyBlocked
from campaigns.models import Variant
from campaigns.wording import copy_of
from generation.briefs import Brief, Copy
from generation.guardrails import check

BLOCK = "block"


def findings_for(copy: Copy, brief: Brief) -> list[dict[str, Any]]:
    """What the guardrails say, as JSON values."""
    return [finding.to_json() for finding in check(copy, brief)]


def variant_findings(variant: Variant) -> list[dict[str, Any]]:
    return findings_for(copy_of(variant), brief_of_variant(variant))


def blocking_sentences(findings: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"{finding['field']}: {finding['message']}"
        for finding in findings
        if finding["severity"] == BLOCK
    ]


def refuse_blocked(name: str, findings: Sequence[dict[str, Any]], *, doing: str) -> None:
    """Raise where a finding blocks; the message lists every one of them."""
    blocking = blocking_sentences(findings)
    if blocking:
        raise CopyBlocked(f"{name} cannot be {doing}: {'; '.join(blocking)}", blocking)
