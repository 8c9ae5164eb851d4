"""An answer worded by a language model, where every sentence of it stands up; else as it was.

The model is given the passages that the extractive answer cites and nothing else, may take so long
and cost so much, and is believed in nothing: a sentence counts once the passage it names says it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np
import structlog
from django.conf import settings

from assistant.answering.evidence import Cited, Evidence
from assistant.answering.faithfulness import source_of
from assistant.answering.prompting import (
    Claimed,
    Told,
    UnreadableAnswer,
    read_sentences,
    render_prompt,
)
from assistant.documents.sentences import sentences_of
from assistant.models import KnowledgeBase, Policy
from assistant.selectors import Passage
from assistant.services.deadlines import Desk, NoPlace, ShouldStop, TooLate
from assistant.services.wording_budget import Promise, wording_promise, wording_settle
from inference.channels import ANSWER
from inference.encoders import TextEncoder
from inference.generators import BudgetSpent, GeneratedText, GenerationRequest, text_generator

log = structlog.get_logger(__name__)

NEW_TOKENS_MAX = 320
# Little freedom: facts are to be said, not varied.
TEMPERATURE = 0.2
# What a chat template may add to a prompt, in tokens.
TEMPLATE_TOKENS = 100
PLACES = 8
# After it failed a generator is left alone so long, so that not every visitor waits for it.
REST_SECONDS = 30.0

_desk: Desk[GeneratedText | None] = Desk(PLACES)
_rests_until: dict[str, float] = {}


class Reason(StrEnum):
    """Why the answer is shown word for word."""

    NO_GENERATOR = "no_generator"
    NOT_ALLOWED = "not_allowed"
    NO_EVIDENCE = "no_evidence"
    OVER_CAP = "over_cap"
    TIMED_OUT = "timed_out"
    BUSY = "busy"
    RESTING = "resting"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    UNFAITHFUL = "unfaithful"
    NOTHING_SAID = "nothing_said"


class _NotWorded(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences to show, and what the message keeps about how they came about.

    Attributes:
        sentences: Each with its source.
        is_rephrased: Whether a language model wrote them.
        reason: Why not.
        tokens: Read and written by the model, as it counts them.
        seconds: That it took.
        cost: Of it, in the currency of the prices.
    """

    sentences: tuple[Cited, ...]
    is_rephrased: bool = False
    reason: Reason | None = None
    tokens: int = 0
    seconds: float = 0.0
    cost: float = 0.0

    @property
    def record(self) -> dict[str, Any]:
        return {
            "wording": "rephrased" if self.is_rephrased else "extractive",
            "reason": self.reason.value if self.reason else "",
            "tokens": self.tokens,
            "seconds": round(self.seconds, 3),
            "cost": self.cost,
        }


NOT_WORDED = Wording((), reason=Reason.NO_GENERATOR)


def worded(
    cited: Sequence[Cited],
    passages: Sequence[Passage],
    question: str,
    *,
    base: KnowledgeBase,
    policy: Policy | None,
    encoder: TextEncoder,
    now: datetime,
) -> Wording:
    """The answer in the words of the policy's language model, or as it is, with the reason."""
    extractive = tuple(cited)
    if policy is None or not policy.generator:
        return Wording(extractive, reason=Reason.NO_GENERATOR)
    if policy.generator not in settings.ASSISTANT_GENERATORS:
        return Wording(extractive, reason=Reason.NOT_ALLOWED)
    if not extractive:
        return Wording(extractive, reason=Reason.NO_EVIDENCE)
    known = {passage.chunk_id: passage for passage in passages}
    shown = [known[chunk] for chunk in dict.fromkeys(one.chunk_id for one in extractive)]
    started, text = time.perf_counter(), None
    try:
        text = _written(shown, question, base=base, policy=policy, now=now)
        sentences, reason = _judged(_claims(text), shown, encoder), None
    except _NotWorded as refused:
        sentences, reason = extractive, refused.reason
    usage = text.usage if text else None
    return Wording(
        sentences,
        is_rephrased=reason is None,
        reason=reason,
        tokens=usage.prompt_tokens + usage.new_tokens if usage else 0,
        seconds=time.perf_counter() - started,
        cost=usage.cost if usage else 0.0,
    )


def _written(
    shown: Sequence[Passage], question: str, *, base: KnowledgeBase, policy: Policy, now: datetime
) -> GeneratedText:
    if _rests_until.get(policy.generator, 0.0) > time.monotonic():
        raise _NotWorded(Reason.RESTING)
    prompt = render_prompt(
        question,
        [Told(number, one.heading, one.body) for number, one in enumerate(shown, 1)],
        version=policy.prompt_version,
        tone=policy.tone,
    )
    promise = _promised(prompt, base=base, generator=policy.generator, now=now)
    request = GenerationRequest(
        key="answer",
        prompt=prompt,
        controls={"channel": ANSWER},
        count=1,
        seed=0,
        job=f"assistant:{base.pk}:{promise.day}",
        new_tokens=NEW_TOKENS_MAX,
        temperature=TEMPERATURE,
        seconds=settings.ASSISTANT_WORDING_SECONDS,
    )
    return _asked(policy.generator, request, promise)


def _promised(prompt: str, *, base: KnowledgeBase, generator: str, now: datetime) -> Promise:
    # No tokenizer makes more tokens of a text than it has bytes.
    read = len(prompt.encode()) + TEMPLATE_TOKENS
    cost = read * settings.GENERATOR_PRICE_IN + NEW_TOKENS_MAX * settings.GENERATOR_PRICE_OUT
    promise = wording_promise(
        base,
        tokens=read + NEW_TOKENS_MAX,
        cost=Decimal(str(cost / 1e6 if generator.startswith("openai:") else 0.0)),
        now=now,
    )
    if promise is None:
        raise _NotWorded(Reason.OVER_CAP)
    return promise


def _asked(generator: str, request: GenerationRequest, promise: Promise) -> GeneratedText:
    """One text, settled for. One that came too late is not: what it took is not known."""
    reason = Reason.UNREACHABLE
    try:
        text = _desk.within(request.seconds, lambda stops: _one_text(generator, request, stops))
        if text is None:
            raise TooLate
    except NoPlace:
        wording_settle(promise, tokens=0, cost=Decimal(0))
        raise _NotWorded(Reason.BUSY) from None
    except BudgetSpent:
        wording_settle(promise, tokens=0, cost=Decimal(0))
        raise _NotWorded(Reason.OVER_CAP) from None
    except TooLate:
        reason = Reason.TIMED_OUT
    except Exception as error:
        # Its message may hold the prompt.
        log.warning("wording_failed", generator=generator, error=type(error).__name__)
    else:
        if text.usage is not None:
            used = text.usage.prompt_tokens + text.usage.new_tokens
            wording_settle(promise, tokens=used, cost=Decimal(str(text.usage.cost)))
        return text
    _rests_until[generator] = time.monotonic() + REST_SECONDS
    raise _NotWorded(reason)


def _one_text(
    generator: str, request: GenerationRequest, should_stop: ShouldStop
) -> GeneratedText | None:
    found = text_generator(generator).generate([request], should_stop=should_stop)
    return next(iter(found), None)


def _claims(text: GeneratedText) -> list[Claimed]:
    if text.failure:
        raise _NotWorded(Reason.UNREADABLE)
    try:
        claims = read_sentences(str(text.fields.get("text", "")))
    except UnreadableAnswer:
        raise _NotWorded(Reason.UNREADABLE) from None
    if not claims:
        raise _NotWorded(Reason.NOTHING_SAID)
    return claims


def _judged(
    claims: Sequence[Claimed], shown: Sequence[Passage], encoder: TextEncoder
) -> tuple[Cited, ...]:
    """The sentences, if the passage that each names says it. One that it does not spoils all."""
    evidence = _evidence(shown, encoder)
    vectors = encoder.encode([one.text for one in claims])
    cited = []
    for claim, vector in zip(claims, vectors, strict=True):
        named = evidence[claim.number - 1 : claim.number] if claim.number else []
        chunk = source_of(claim.text, vector, named)
        if chunk is None:
            raise _NotWorded(Reason.UNFAITHFUL)
        cited.append(Cited(claim.text, chunk))
    return tuple(cited)


def _evidence(shown: Sequence[Passage], encoder: TextEncoder) -> list[Evidence]:
    """Passages cut into sentences, each encoded as it stands.

    The vectors stored with a chunk are of sentences under their heading, which a rephrased sentence
    does not carry: held against those, 63 % of StackFAQ's own sentences stand instead of 94 %.
    """
    cut = [
        tuple(one for line in passage.body.split("\n") for one in sentences_of(line))
        for passage in shown
    ]
    vectors = encoder.encode([sentence for sentences in cut for sentence in sentences])
    ends = np.cumsum([len(sentences) for sentences in cut])[:-1]
    return [
        Evidence(passage.chunk_id, passage.is_answer, passage.similarity, sentences, own)
        for passage, sentences, own in zip(shown, cut, np.split(vectors, ends), strict=True)
    ]
