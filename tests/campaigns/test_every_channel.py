"""In every channel: from the brief to what a contact is given."""

from __future__ import annotations

import pytest
from django.utils import timezone

from campaigns import services, tasks
from campaigns.personalise import decide
from campaigns.wording import copy_of
from generation.briefs import Copy
from generation.services import job_work
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
NAME = "{{ first_name | default: 'there' }}"
TEMPLATES = {
    "email": Copy(f"Knits for {NAME}", "A look inside", "Hello. {{ url }}", "See them"),
    "sms": Copy(
        f"{NAME}, knits are in. See {{{{ url }}}} Fern & Finch. STOP to opt out", channel="sms"
    ),
    "push": Copy(f"Knits for {NAME}", "Soft ones are in today", channel="push"),
    "ad": Copy("Soft knits", "Made to last for years", "See them", channel="ad"),
    "banner": Copy("Soft knits", "Made to last for years.", "See them", channel="banner"),
}


@pytest.mark.parametrize("channel", list(TEMPLATES))
def test_a_campaign_goes_from_brief_to_approved_to_decided(channel, owner, settings):
    settings.GENERATOR = "python:tests.generation.backends.TemplateGenerator"
    segment = make.segment("knits", name="Knit lovers")
    campaign = make.campaign(
        key="autumn", template=make.template_of(TEMPLATES[channel]), segments=[segment],
        offer=make.offer(), candidates=1,
    )  # fmt: skip
    job = services.campaign_generate(campaign, actor=owner, now=timezone.now(), seed=11)
    job_work(job.pk, worker="here")
    tasks.variants_collect(job_id=job.pk, then_id=campaign.pk)
    campaign.refresh_from_db()
    assert campaign.status == "review"
    services.variants_approve_best(campaign, actor=owner, now=timezone.now())
    services.campaign_launch(campaign, actor=owner, now=timezone.now())
    make.contact("ada", first_name="Ada", segments=[segment])
    answer = decide("autumn", "ada", now=timezone.now())
    assert (answer.fallback, answer.reason) == (False, "")
    assert answer.content.channel == channel
    chosen = campaign.variants.get(pk=answer.variant_id)
    assert answer.content.opening == copy_of(chosen).opening.replace(NAME, "Ada").replace(
        "{{ url }}", "https://shop.example/dresses"
    )


def test_decide_answers_with_the_texts_of_the_campaigns_channel(owner, client):
    from core.api_keys import api_key_create

    campaign = make.live_campaign(owner, segments=[])
    mail = decide(campaign.key, "nobody-known", now=timezone.now())
    assert [name for name, _ in mail.content.texts()] == [
        "subject", "preheader", "body", "call_to_action",
    ]  # fmt: skip
    made = make.campaign(key="texts", template=make.template_of(TEMPLATES["sms"]), segments=[])
    services.variants_approve_best(made, actor=owner, now=make.NOON)
    secret = api_key_create("tool", ["decide"])[1]
    answer = client.get(
        "/v1/decide?campaign=texts&contact=ada", headers={"Authorization": f"Bearer {secret}"}
    ).json()
    assert (answer["content"], answer["fallback"]) == ({"text": ""}, True)
    assert answer["reason"] == "campaign_draft"


def test_a_line_break_in_a_name_starts_no_line_of_a_title():
    from campaigns.personalise import rendered

    push = Copy("Hi {{ first_name }}", "Look\nhere", channel="push")
    assert rendered(push, {"first_name": "A\nB"}) == Copy("Hi A B", "Look\nhere", channel="push")


def test_values_are_escaped_in_html_only():
    from campaigns.personalise import rendered

    sms = Copy("Hi {{ first_name }}", channel="sms")
    assert rendered(sms, {"first_name": "A&B"}).opening == "Hi A&B"
