"""Briefs, copies and jobs for tests."""

from __future__ import annotations

from dataclasses import replace

from generation.briefs import Brief, Copy, OfferTerms
from generation.models import BriefRecord, GenerationJob

NAME = "{{ first_name | default: 'there' }}"
TEMPLATE = Copy(
    subject=f"{NAME}, a treat inside",
    preheader="Take a look at what is waiting for you inside.",
    body=f"Hi {NAME},\n\nEnjoy {{{{ offer }}}} with the code {{{{ code }}}}.\n\n"
    "Shop: {{ url }}\n\nYours, Juniper",
    call_to_action="Shop now",
)
OFFER = OfferTerms(
    text="15% off dresses",
    code="JUNE15",
    terms="Valid until June 30.",
    url="https://juniper.example/dresses",
)


def brief(key: str = "petites/urgency", **changes) -> Brief:
    made = Brief(
        key=key,
        channel="email",
        kind="promotion",
        angle="urgency",
        tone="warm",
        brand_name="Juniper",
        descriptors="kind, unhurried",
        banned_terms=("cheap",),
        required_terms=(),
        approved_claims=("Rated 4.6 of 5 by our customers",),
        audience_name="Petites",
        portrait="People who write about petite fits and soft fabrics.",
        interests=("petite fit", "dress", "soft fabric"),
        template=TEMPLATE,
        offer=OFFER,
    )
    return replace(made, **changes)


def briefs(count: int, **changes) -> list[Brief]:
    return [brief(f"segment-{number}/urgency", **changes) for number in range(count)]


def copy(**changes) -> Copy:
    """A copy for `brief()` that every guardrail lets through."""
    fields = {
        "subject": f"{NAME}, worth a look today",
        "preheader": "A few minutes now, and then it is off your mind.",
        "body": f"Hello {NAME},\n\nPetite fits are easier to choose today. "
        "Your offer: {{ offer }}, with {{ code }}.\n\nHave a look: {{ url }}\n\nJuniper",
        "call_to_action": "Have a look",
    }
    return Copy(**(fields | changes))


def job(count: int = 3, *, generator: str = "composer", candidates: int = 2, **changes):
    """A job with its briefs, as rows: no worker is woken."""
    made = GenerationJob.objects.create(
        requested_by="test", generator=generator, candidates=candidates, seed=11, **changes
    )
    BriefRecord.objects.bulk_create(
        BriefRecord(job=made, key=one.key, payload=one.to_json()) for one in briefs(count)
    )
    return made
