"""Campaigns in every state, made through the services where a service makes them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from audience.models import Contact, Membership, Segment
from campaigns import services
from campaigns.cells import CONTROL, angle_cells
from campaigns.models import BrandVoice, Campaign, CampaignSegment, Template, Variant
from campaigns.wording import columns_of
from catalog.models import Offer
from generation.briefs import Copy

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
ANGLES = ["urgency", "curiosity"]
HELLO = "{{ first_name | default: 'Hello' }}"
_numbers = itertools.count(1)


def contact(external_id: str | None = None, *, segments=(), **fields) -> Contact:
    made = Contact.objects.create(
        **{
            "external_id": external_id or f"c-{next(_numbers)}",
            "first_name": "Ada",
            "last_name": "Byron",
            "email": "ada@people.example",
            **fields,
        }
    )
    Membership.objects.bulk_create([Membership(segment=one, contact=made) for one in segments])
    return made


def segment(key: str, **fields) -> Segment:
    return Segment.objects.create(
        **{
            "key": key,
            "name": key.replace("-", " ").capitalize(),
            "kind": Segment.Kind.RULE,
            "rule": {"attribute": "kind", "is": key},
            "portrait": "They love soft knitwear and write about comfort.",
            "traits": {"phrases": ["soft knits", "true to size"], "categories": {"Knits": 0.6}},
            "built_at": NOON,
            **fields,
        }
    )


def brand_voice(**fields) -> BrandVoice:
    return BrandVoice.objects.create(
        **{"name": f"House voice {next(_numbers)}", "brand_name": "Fern & Finch", **fields}
    )


def template(**fields) -> Template:
    return Template.objects.create(
        **{
            "name": f"Spring {next(_numbers)}",
            "subject": f"{HELLO}, your spring dress is here",
            "preheader": "Have a look before the weekend",
            "body": "<p>Our new dresses are in.</p>",
            "call_to_action": "See the dresses",
            **fields,
        }
    )


def offer(**fields) -> Offer:
    return Offer.objects.create(
        **{
            "name": f"Spring offer {next(_numbers)}",
            "text": "15% off dresses",
            "code": "SPRING15",
            "terms": "Until Sunday.",
            "url": "https://shop.example/dresses",
            **fields,
        }
    )


def campaign(*, segments=None, **fields) -> Campaign:
    """A draft. `segments` None makes two; an empty list makes a campaign for everyone."""
    given = {
        "key": f"spring-{next(_numbers)}",
        "name": "Spring dresses",
        "angles": ANGLES,
        # So that a test may put people into segments when it likes.
        "membership": Campaign.Membership.LIVE,
        **fields,
    }
    given.setdefault("template", None)
    given["template"] = given["template"] or template()
    given["brand_voice"] = given.get("brand_voice") or brand_voice()
    made = Campaign.objects.create(**given)
    if segments is None:
        number = next(_numbers)
        segments = [segment(f"knit-lovers-{number}"), segment(f"bargain-hunters-{number}")]
    for position, one in enumerate(segments):
        CampaignSegment.objects.create(campaign=made, segment=one, position=position)
    return made


def human_copy(words: str = "a dress for you", **fields) -> Copy:
    """Copy the guardrails let through: it has the template's merge tag in its subject."""
    return Copy(
        **{
            "subject": f"{HELLO}, {words}",
            "preheader": "Have a look before the weekend",
            "body": "<p>We thought of you when they came in.</p>",
            "call_to_action": "See the dresses",
            **fields,
        }
    )


def cell_copy(cell) -> Copy:
    """Copy that says which angle it is of."""
    return human_copy(f"dresses the {cell.angle} way")


def reviewed_campaign(actor, **fields) -> Campaign:
    """Every cell has one approved text, written by hand."""
    made = campaign(**fields)
    for cell in angle_cells(made):
        services.variant_create(made, cell.segment, cell.angle, cell_copy(cell), actor=actor)
    services.variants_approve_best(made, actor=actor, now=NOON)
    return made


def live_campaign(actor, *, launch=None, **fields) -> Campaign:
    made = reviewed_campaign(actor, **fields)
    services.campaign_launch(made, actor=actor, now=NOON, **(launch or {}))
    return made


def control_of(made: Campaign) -> Variant:
    return made.variants.get(segment=None, angle=CONTROL)


def template_of(copy: Copy, **fields) -> Template:
    """A template of any channel."""
    return Template.objects.create(
        **{"name": f"Spring {next(_numbers)}", **columns_of(copy), **fields}
    )
