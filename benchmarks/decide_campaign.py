"""The campaign that `benchmarks.decide` asks about: live, with contacts in four segments."""

from __future__ import annotations

import secrets

CAMPAIGN = "bench-decide"
ANGLES = ["urgency", "curiosity", "gratitude"]
SEGMENTS = 4
HELLO = "{{ first_name | default: 'Hello' }}"
HI = "Hi {{ first_name | default: 'there' }}"


def prepare(contacts: int) -> list[str]:
    """The bench campaign, live, and its contacts' ids; made where it is not there yet."""
    from campaigns.models import Campaign

    if not Campaign.objects.filter(key=CAMPAIGN).exists():
        _launch(_campaign())
    return _contacts([f"bench-{number:06d}" for number in range(contacts)])


def fresh_ids(count: int) -> list[str]:
    """Contacts nobody ever decided for."""
    run_id = secrets.token_hex(4)
    return _contacts([f"bench-{run_id}-{number:06d}" for number in range(count)])


def _contacts(ids: list[str]) -> list[str]:
    from audience.models import Contact

    Contact.objects.bulk_create(
        [
            Contact(
                external_id=one,
                first_name="Ada",
                attributes={"city": "York", "bench": place % SEGMENTS},
            )
            for place, one in enumerate(ids)
        ],
        ignore_conflicts=True,
        batch_size=2_000,
    )
    _fill_segments(ids)
    return ids


def _campaign():
    from campaigns.models import BrandVoice, Campaign, CampaignSegment, Template

    voice, _ = BrandVoice.objects.get_or_create(name="Bench", defaults={"brand_name": "Fern"})
    template, _ = Template.objects.get_or_create(
        name="Bench",
        defaults={
            "subject": f"{HELLO}, new dresses are in",
            "preheader": "See what is new at {{ brand }}",
            "body": f"<p>{HI}, the new dresses are here.</p>",
            "call_to_action": "Have a look",
        },
    )
    campaign = Campaign.objects.create(
        key=CAMPAIGN,
        name="Bench",
        template=template,
        brand_voice=voice,
        angles=ANGLES,
        # Contacts are added as they are asked for; by their segments at launch they had no arm.
        membership=Campaign.Membership.LIVE,
    )
    for position, segment in enumerate(_segments()):
        CampaignSegment.objects.create(campaign=campaign, segment=segment, position=position)
    return campaign


def _segments() -> list:
    from audience.models import Segment

    return [
        Segment.objects.get_or_create(
            key=f"bench-{number}",
            defaults={
                "name": f"Bench {number}",
                "kind": "rule",
                "rule": {"attribute": "bench", "is": number},
            },
        )[0]
        for number in range(SEGMENTS)
    ]


def _fill_segments(ids: list[str]) -> None:
    from audience.models import Contact, Membership

    segments = _segments()
    rows = Contact.objects.filter(external_id__in=ids).order_by("external_id").values_list("pk")
    Membership.objects.bulk_create(
        [
            Membership(contact_id=pk, segment=segments[place % SEGMENTS])
            for place, (pk,) in enumerate(rows)
        ],
        ignore_conflicts=True,
        batch_size=2_000,
    )


def _launch(campaign) -> None:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.utils import timezone

    from campaigns import services
    from campaigns.cells import angle_cells
    from campaigns.wording import copy_of

    actor, _ = User.objects.get_or_create(
        username="bench", defaults={"is_superuser": True, "password": make_password(None)}
    )
    copy = copy_of(campaign.template)
    for cell in angle_cells(campaign):
        # Each angle in words of its own: guardrails let no copy pass that only repeats another.
        own = copy.changed(
            subject=f"{HELLO}, dresses the {cell.angle} way",
            body=f"<p>{HI}, {cell.angle} is here.</p>",
        )
        services.variant_create(campaign, cell.segment, cell.angle, own, actor=actor)
    services.variants_approve_best(campaign, actor=actor, now=timezone.now())
    services.campaign_launch(campaign, actor=actor, now=timezone.now())


def new_key() -> str:
    from core.api_keys import api_key_create

    return api_key_create("bench decide", ["decide"])[1]
