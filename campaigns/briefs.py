"""Composition: a campaign, a segment and an angle become a Brief, with no person's name or text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audience.models import Segment
from campaigns.cells import CONTROL, Cell, angle_cells
from campaigns.models import Campaign, Variant
from campaigns.wording import copy_of
from catalog.models import Offer
from core.errors import InputRefused
from generation.angles import ANGLES
from generation.briefs import Brief, OfferTerms

LANGUAGE = "en"
EVERYONE = "everyone"
# More than this many interests is noise to a writer.
INTERESTS_MAX = 8


def briefs_for(campaign: Campaign) -> list[Brief]:
    """One brief per segment and angle, in the campaign's order."""
    unknown = [angle for angle in campaign.angles if angle not in ANGLES]
    if unknown:
        raise InputRefused(
            f"angles: {', '.join(unknown)} cannot be written for; choose from {', '.join(ANGLES)}, "
            "or write these variants by hand",
            field="angles",
        )
    return [brief_for(campaign, cell) for cell in angle_cells(campaign)]


def brief_for(campaign: Campaign, cell: Cell) -> Brief:
    """What a writer, and the guardrails, are told about a cell."""
    voice, segment = campaign.brand_voice, cell.segment
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
        audience_name=segment.name if segment else EVERYONE,
        portrait=segment.portrait if segment else "",
        interests=interests_of(segment) if segment else (),
        template=copy_of(campaign.template),
        offer=offer_terms(campaign.offer),
        language=LANGUAGE,
    )


def brief_of_variant(variant: Variant) -> Brief:
    return brief_for(variant.campaign, Cell(variant.segment, variant.angle))


def interests_of(segment: Segment) -> tuple[str, ...]:
    """The phrases people of the segment use most, else the categories they write about most."""
    traits: Mapping[str, object] = segment.traits
    phrases = _words(traits.get("phrases"))
    return (phrases or _heaviest(traits.get("categories")))[:INTERESTS_MAX]


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
    return OfferTerms(text=offer.text, code=offer.code, terms=offer.terms, url=offer.url)


def angle_name(angle: str) -> str:
    """How an angle is called on a page."""
    if angle == CONTROL:
        return "Control (human copy)"
    known = ANGLES.get(angle)
    return known.name if known else angle.replace("_", " ").capitalize()
