"""“Try it”: a few texts for a sample brief, written at once while somebody waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from campaigns.briefs import EVERYONE, LANGUAGE, brand_sentences_of
from campaigns.models import BrandVoice, Template
from campaigns.wording import copy_of
from generation.briefs import Brief, Copy
from generation.services.drafting import write_drafts
from inference.generators import text_generator

TEXTS = 3
SECONDS = 8.0
# Models are for workers: the page must not load one.
FOR_WORKERS = ("transformers:", "house")
QUICK = "composer"


@dataclass(frozen=True)
class VoiceTrial:
    """What was written, by whom, in which time; `shortfall` says why it is fewer than wanted."""

    copies: tuple[Copy, ...]
    generator: str
    seconds: float
    shortfall: str


def voice_trial(
    voice: BrandVoice,
    template: Template,
    angle: str,
    *,
    seed: int,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> VoiceTrial:
    """Write three texts in a voice, saved or not. After `seconds` no other text is begun.

    Nothing is stored. Where workers write with a model of their own, the composer stands in.
    """
    spec = settings.GENERATOR
    generator = text_generator(QUICK if spec.startswith(FOR_WORKERS) else spec)
    start = clock()
    brief = sample_brief(voice, template, angle)
    desks = write_drafts(
        [brief],
        generator,
        candidates=TEXTS,
        seed=seed,
        should_stop=lambda: clock() - start > seconds,
    )
    desk, took = desks[brief.key], clock() - start
    late = f"It took longer than {seconds:g} seconds." if took > seconds and desk.missing else ""
    return VoiceTrial(
        copies=tuple(draft.copy for draft in desk.drafts),
        generator=generator.name,
        seconds=took,
        shortfall=late or desk.shortfall(),
    )


def sample_brief(voice: BrandVoice, template: Template, angle: str) -> Brief:
    """A brief for everyone, without an offer."""
    return Brief(
        key=f"trial/{angle}",
        channel=template.channel,
        kind=template.kind,
        angle=angle,
        tone=voice.tone,
        brand_name=voice.brand_name,
        descriptors=voice.descriptors,
        banned_terms=tuple(voice.banned_terms),
        required_terms=tuple(voice.required_terms),
        approved_claims=tuple(voice.approved_claims),
        audience_name=EVERYONE,
        portrait="",
        interests=(),
        template=copy_of(template),
        language=LANGUAGE,
        dos=tuple(voice.dos),
        donts=tuple(voice.donts),
        brand_sentences=brand_sentences_of(voice),
        voice_version=voice.version,
    )
