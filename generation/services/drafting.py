"""Turns briefs into drafts: ask, check, ask again for what fell through. Touches no row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.errors import InputRefused
from generation.briefs import Brief, Copy, seed_for
from generation.guardrails import check, is_near_duplicate
from generation.guardrails.findings import Finding
from generation.prompts import PROMPT_VERSION, render_prompt
from generation.prompts.sharing import shared_length
from inference.generators import GeneratedText, GenerationRequest, TextGenerator

ROUNDS = 4
_SHORTFALL_CHARACTERS = 300
_FEEDBACK_LENGTH = 5


@dataclass(frozen=True)
class DraftText:
    """A candidate that passed, with its warnings and where it came from."""

    copy: Copy
    findings: tuple[Finding, ...]
    provenance: Mapping[str, Any]


@dataclass
class Desk:
    """One brief being written for: what passed so far, and why the rest did not."""

    brief: Brief
    wanted: int
    drafts: list[DraftText] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def missing(self) -> int:
        return self.wanted - len(self.drafts)

    def feedback(self) -> tuple[str, ...]:
        return tuple(message for message, _ in self.refusals.most_common(_FEEDBACK_LENGTH))

    def shortfall(self) -> str:
        """Why there are fewer drafts than asked for, in a sentence; empty where there are not."""
        if not self.missing:
            return ""
        reason = next(iter(self.feedback()), "The generator gave no more.")
        text = f"{len(self.drafts)} of {self.wanted} candidates after {ROUNDS} rounds. {reason}"
        return text[:_SHORTFALL_CHARACTERS]


def write_drafts(
    briefs: Sequence[Brief],
    generator: TextGenerator,
    *,
    candidates: int,
    seed: int,
    should_stop: Callable[[], bool],
    job: str = "",
) -> dict[str, Desk]:
    """Write for all briefs at once, in up to four rounds; what each brief gets depends on it alone.

    Returns:
        The desks by brief key. When `should_stop` became true they are incomplete.
    """
    desks = {brief.key: Desk(brief, candidates) for brief in briefs}
    for attempt in range(ROUNDS):
        requests = [_request(desk, seed, attempt, job) for desk in desks.values() if desk.missing]
        if not requests or should_stop():
            break
        for text in generator.generate(requests, should_stop=should_stop):
            desk = desks.get(text.key)
            if desk and desk.missing:
                _consider(desk, text, generator)
    return desks


def _request(desk: Desk, seed: int, attempt: int, job: str) -> GenerationRequest:
    findings = desk.feedback()
    prompt = render_prompt(desk.brief, findings=findings)
    return GenerationRequest(
        key=desk.brief.key,
        prompt=prompt,
        controls=desk.brief.to_json() | {"findings": list(findings)},
        count=desk.missing,
        seed=seed_for(seed, desk.brief.key, attempt),
        shared=shared_length(prompt),
        job=job,
    )


def _consider(desk: Desk, text: GeneratedText, generator: TextGenerator) -> None:
    if text.failure:
        desk.refusals[f"{text.failure}."] += 1
        return
    try:
        copy = Copy.from_json({**text.fields, "channel": desk.brief.channel})
    except InputRefused as refused:
        desk.refusals[f"The generator's answer is not a copy: {refused}."] += 1
        return
    findings = check(copy, desk.brief)
    blocking = [finding for finding in findings if finding.is_blocking]
    if blocking:
        desk.refusals.update(finding.message for finding in blocking)
    elif any(is_near_duplicate(copy, draft.copy) for draft in desk.drafts):
        desk.refusals["It was too close to another candidate."] += 1
    else:
        provenance = _provenance(desk.brief, text, generator)
        desk.drafts.append(DraftText(copy, tuple(findings), provenance))


def _provenance(brief: Brief, text: GeneratedText, generator: TextGenerator) -> dict[str, Any]:
    return {
        "generator": generator.name,
        "revision": generator.revision,
        "prompt_version": PROMPT_VERSION,
        "seed": text.seed,
        "position": text.position,
        "writers": dict(text.notes),
        "usage": asdict(text.usage) if text.usage else None,
        "controls": {
            "angle": brief.angle,
            "tone": brief.tone,
            "kind": brief.kind,
            "interests": list(brief.interests),
        },
    }
