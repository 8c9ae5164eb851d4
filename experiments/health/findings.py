"""What a health check has to say, for the person who runs the campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Severity = Literal["blocks", "warning", "note"]
Stage = Literal["assignment", "execution", "log", "analysis", "interference"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a test that its reader must know before believing the figures.

    Attributes:
        check: Which check speaks, e.g. "split".
        severity: "blocks": no verdict may be read; "warning": read it with care; "note": know it.
        title: A few words.
        sentence: What was seen, and what it means.
        cure: What to do.
        stage: Where to look first, by the taxonomy of Fabijan et al. (2019), "Diagnosing sample
            ratio mismatch in online controlled experiments", KDD: who gets which arm
            ("assignment"), what people are shown ("execution"), what is recorded of it ("log"),
            which records are counted ("analysis"), what comes from outside ("interference").
        evidence: The few numbers it rests on.

    >>> finding = Finding(
    ...     check="bots", severity="note", title="Some robots", sentence="3 people are robots.",
    ...     cure="Leave them out.", stage="log", evidence={"bot_like": 3},
    ... )
    >>> finding.to_json()["evidence"]
    {'bot_like': 3}
    """

    check: str
    severity: Severity
    title: str
    sentence: str
    cure: str
    stage: Stage
    evidence: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The finding as the stored results have it."""
        return {
            "check": self.check,
            "severity": self.severity,
            "title": self.title,
            "sentence": self.sentence,
            "cure": self.cure,
            "stage": self.stage,
            "evidence": dict(self.evidence),
        }

    @staticmethod
    def rank_of(severity: Severity) -> int:
        """The place of a severity, the worst first."""
        return SEVERITIES.index(severity)
