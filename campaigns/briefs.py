"""Composition: a campaign, a segment and an angle become a Brief, with no person's name or text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from audience.models import Segment
from audience.sensitive import is_sensitive
from campaigns.cells import CONTROL, Cell, angle_cells
from campaigns.models import BrandVoice, Campaign, Template, Variant
from campaigns.past_copy import PastCopy, past_copy_of
from campaigns.selectors.picks import products_liked_by
from campaigns.wording import copy_of
from catalog.models import Offer
from catalog.offer_limits import limits_in_words
from core.errors import InputRefused
from generation.angles import ANGLES
from generation.briefs import Brief, OfferTerms
from generation.voices import is_reusable

LANGUAGE = "en"
EVERYONE = "everyone"
# More than this many interests is noise to a writer.
INTERESTS_MAX = 8
SENTENCES_MAX = 40
SOME_READERS = "these readers"
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
# Quotation marks, an address, a number to call: words of a person, or a person.
SOMEBODYS_WORDS = re.compile(r"[\"“”„«»]|@|\+?\d[\d ()/-]{6,}")


def briefs_for(campaign: Campaign) -> list[Brief]:
    """One brief per segment and angle, in the campaign's order."""
    unknown = [angle for angle in campaign.angles if angle not in ANGLES]
    if unknown:
        raise InputRefused(
            f"angles: {', '.join(unknown)} cannot be written for; choose from {', '.join(ANGLES)}, "
            "or write these variants by hand",
            field="angles",
        )
    past = past_copy_of(campaign)
    return [brief_for(campaign, cell, past=past) for cell in angle_cells(campaign)]


def brief_for(campaign: Campaign, cell: Cell, *, past: PastCopy | None = None) -> Brief:
    """What a writer, and the guardrails, are told about a cell. Only writers are told of the past.

    Of the segment nothing sensitive is passed on, whoever wrote it: see `audience.sensitive`.
    """
    voice, segment = campaign.brand_voice, cell.segment
    past = past or PastCopy()
    return Brief(
        key=cell.key,
        channel=campaign.channel,
        kind=campaign.template.kind,
        angle=cell.angle,
        tone=voice.tone,
        brand_name=voice.brand_name,
        descriptors=voice.descriptors,
        banned_terms=tuple(voice.banned_terms),
        required_terms=tuple(voice.required_terms),
        approved_claims=tuple(voice.approved_claims),
        audience_name=audience_name_of(segment) if segment else EVERYONE,
        portrait=portrait_of(segment) if segment else "",
        interests=interests_of(segment) if segment else (),
        template=copy_of(campaign.template),
        offer=offer_terms(campaign.offer),
        language=LANGUAGE,
        dos=tuple(voice.dos),
        donts=tuple(voice.donts),
        brand_sentences=brand_sentences_of(voice),
        past_copy=past.approved,
        winning_copy=past.winners,
        voice_version=voice.version,
        products=products_of(campaign, segment),
    )


def products_of(campaign: Campaign, segment: Segment | None) -> tuple[str, ...]:
    """Titles for recommendation copy. No price: it may be another one by the time of sending, when
    the merge tag `recommendations` has the present one.
    """
    if campaign.template.kind != Template.Kind.RECOMMENDATION:
        return ()
    return products_liked_by(segment)


def brief_of_variant(variant: Variant) -> Brief:
    return brief_for(variant.campaign, Cell(variant.segment, variant.angle))


def interests_of(segment: Segment) -> tuple[str, ...]:
    """The phrases people of the segment use most, else the categories they write about most."""
    traits: Mapping[str, object] = segment.traits
    phrases = _harmless(_words(traits.get("phrases")))
    return (phrases or _harmless(_heaviest(traits.get("categories"))))[:INTERESTS_MAX]


def audience_name_of(segment: Segment) -> str:
    return SOME_READERS if is_sensitive(segment.name) else segment.name


def portrait_of(segment: Segment) -> str:
    """The portrait's sentences, but those that touch what is never inferred, quote or address
    somebody.
    """
    sentences = SENTENCE_END.split(segment.portrait.strip())
    return " ".join(
        sentence
        for sentence in sentences
        if not is_sensitive(sentence) and not SOMEBODYS_WORDS.search(sentence)
    )


def brand_sentences_of(voice: BrandVoice) -> tuple[str, ...]:
    """The voice's examples that a writer may build on: whole, and with no fact of their own."""
    lines = (line.strip() for line in voice.examples.splitlines())
    return tuple(line for line in lines if is_reusable(line))[:SENTENCES_MAX]


def _harmless(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if not is_sensitive(word))


def _words(found: object) -> tuple[str, ...]:
    if not isinstance(found, Sequence) or isinstance(found, str):
        return ()
    words = (item.get("phrase") if isinstance(item, Mapping) else item for item in found)
    return tuple(word for word in words if isinstance(word, str) and word)


def _heaviest(shares: object) -> tuple[str, ...]:
    if not isinstance(shares, Mapping):
        return ()
    return tuple(sorted(shares, key=lambda name: (-shares[name], name)))


def offer_terms(offer: Offer | None) -> OfferTerms | None:
    if offer is None:
        return None
    terms = " ".join(part for part in (offer.terms.strip(), limits_in_words(offer)) if part)
    return OfferTerms(text=offer.text, code=offer.code, terms=terms, url=offer.url)


def angle_name(angle: str) -> str:
    """How an angle is called on a page."""
    if angle == CONTROL:
        return "Control (human copy)"
    known = ANGLES.get(angle)
    return known.name if known else angle.replace("_", " ").capitalize()
