"""Turns briefs into drafts: ask, check, ask again for what fell through. Touches no row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.errors import InputRefused
from generation.briefs import Brief, Copy, seed_for
from generation.guardrails import Surroundings, check, is_near_duplicate
from generation.guardrails.findings import Finding
from generation.prompts import prompt_version, render_prompt
from generation.prompts.sharing import shared_length
from generation.services import ranking
from generation.surroundings import company_surroundings
from inference.generators import GeneratedText, GenerationRequest, TextGenerator

ROUNDS = 4
_SHORTFALL_CHARACTERS = 300
_FEEDBACK_LENGTH = 5
_SENTENCE_CHARACTERS = 200


@dataclass(frozen=True)
class DraftText:
    """A candidate that passed, with its warnings and where it came from."""

    copy: Copy
    findings: tuple[Finding, ...]
    provenance: Mapping[str, Any]
    score: float | None = None


@dataclass
class Spent:
    """What a brief's texts took, as far as the generator counts."""

    texts: int = 0
    prompt_tokens: int = 0
    new_tokens: int = 0
    cost: float = 0.0

    def add(self, text: GeneratedText) -> None:
        self.texts += 1
        # A backend of the shop's own may know nothing of it.
        usage = getattr(text, "usage", None)
        if usage is not None:
            self.prompt_tokens += usage.prompt_tokens
            self.new_tokens += usage.new_tokens
            self.cost += usage.cost


@dataclass
class Desk:
    """One brief being written for: what passed so far, and why the rest did not."""

    brief: Brief
    wanted: int
    drafts: list[DraftText] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)
    spent: Spent = field(default_factory=Spent)
    _sentences: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        return max(0, self.wanted - len(self.drafts))

    @property
    def pool(self) -> int:
        """How many candidates are collected, to keep the best `wanted` of."""
        return self.wanted * ranking.POOL

    def keep_best(self) -> None:
        """Leave the diverse best, best first, each with its score and why it has it."""
        best = ranking.best_copies([draft.copy for draft in self.drafts], wanted=self.wanted)
        self.drafts = [
            replace(
                draft := self.drafts[position],
                score=round(score.value, 4),
                provenance={**draft.provenance, "ranking": ranking.provenance(score)},
            )
            for position, score in best
        ]

    def refuse(self, findings: Sequence[Finding]) -> None:
        """Count a candidate that was sent back, once for each rule it broke."""
        for finding in {finding.rule: finding for finding in reversed(findings)}.values():
            self.rules[finding.rule] += 1
            self._say(finding.rule, f"{finding.field}: {finding.message} {finding.suggestion}")

    def refuse_for(self, reason: str, sentence: str) -> None:
        """Count a candidate that was sent back for something no rule says."""
        self.rules[reason] += 1
        self._say(reason, sentence)

    def _say(self, rule: str, sentence: str) -> None:
        short = " ".join(sentence.split())[:_SENTENCE_CHARACTERS]
        self._sentences.setdefault(rule, Counter())[short] += 1

    def feedback(self) -> tuple[str, ...]:
        """What to do otherwise: one sentence for each of the rules that sent most back."""
        busiest = [rule for rule, _ in self.rules.most_common(_FEEDBACK_LENGTH)]
        return tuple(self._sentences[rule].most_common(1)[0][0] for rule in busiest)

    def shortfall(self) -> str:
        """Why there are fewer drafts than asked for, in a sentence; empty where there are not."""
        if not self.missing:
            return ""
        reason = next(iter(self.feedback()), "The generator gave no more.")
        counts = ", ".join(f"{rule} {count}×" for rule, count in self.rules.most_common(3))
        text = f"{len(self.drafts)} of {self.wanted} candidates after {ROUNDS} rounds"
        text += f" ({counts}). {reason}" if counts else f". {reason}"
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
            if desk and len(desk.drafts) < desk.pool:
                _consider(desk, text, generator)
    for desk in desks.values():
        desk.keep_best()
    return desks


def _request(desk: Desk, seed: int, attempt: int, job: str) -> GenerationRequest:
    findings = desk.feedback()
    prompt = render_prompt(desk.brief, findings=findings)
    return GenerationRequest(
        key=desk.brief.key,
        prompt=prompt,
        controls=desk.brief.to_json() | {"findings": list(findings)},
        # The first round fills the pool; later ones only make up for what fell through.
        count=desk.missing if attempt else desk.pool,
        seed=seed_for(seed, desk.brief.key, attempt),
        shared=shared_length(prompt),
        job=job,
    )


def _consider(desk: Desk, text: GeneratedText, generator: TextGenerator) -> None:
    desk.spent.add(text)
    if text.failure:
        desk.refuse_for("generator.failure", f"{text.failure}.")
        return
    try:
        copy = Copy.from_json({**text.fields, "channel": desk.brief.channel})
    except InputRefused as refused:
        desk.refuse_for("generator.answer", f"The generator's answer is not a copy: {refused}.")
        return
    findings = check(copy, desk.brief, _surroundings(desk.brief))
    blocking = [finding for finding in findings if finding.is_blocking]
    if blocking:
        desk.refuse(blocking)
    elif any(is_near_duplicate(copy, draft.copy) for draft in desk.drafts):
        desk.refuse_for("duplicates.sibling", "It was too close to another candidate: say it anew.")
    else:
        provenance = _provenance(desk.brief, text, generator)
        desk.drafts.append(DraftText(copy, tuple(findings), provenance))


def _surroundings(brief: Brief) -> Surroundings:
    return replace(company_surroundings(), control=brief.template)


def _provenance(brief: Brief, text: GeneratedText, generator: TextGenerator) -> dict[str, Any]:
    return {
        "generator": generator.name,
        "revision": generator.revision,
        "prompt_version": prompt_version(brief.channel),
        "brand_voice_version": brief.voice_version,
        "parameters": dict(getattr(generator, "parameters", {})),
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
