from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from campaigns import services
from campaigns.models import Template
from campaigns.wording import columns_of, copy_of
from core.errors import InputRefused
from generation.briefs import Copy
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
TEXTS = {
    "email": make.human_copy(),
    "sms": Copy(channel="sms", text="New dresses: {{ url }}"),
    "push": Copy(channel="push", title="New in", body="Linen, from today"),
    "ad": Copy("Linen dresses", "Made to last", "See them", channel="ad"),
    "banner": Copy("New in", "Linen, from today", "See them", channel="banner"),
}


@pytest.mark.parametrize("channel", list(TEXTS))
def test_a_template_keeps_the_copy_of_every_channel(channel):
    made = Template.objects.create(name="t", **columns_of(TEXTS[channel]))
    assert copy_of(Template.objects.get(pk=made.pk)) == TEXTS[channel]


@pytest.mark.parametrize("channel", list(TEXTS))
def test_a_row_is_called_by_what_a_reader_sees_first(channel, owner):
    campaign = make.campaign(template=make.template_of(TEXTS[channel]), segments=[])
    variant = services.variant_create(campaign, None, "control", TEXTS[channel], actor=owner)
    assert str(variant) == TEXTS[channel].opening


def test_the_database_refuses_copy_kept_in_two_places():
    both = columns_of(TEXTS["sms"]) | {"subject": "Hello"}
    with pytest.raises(IntegrityError, match="template_worded_in_one_place"), transaction.atomic():
        Template.objects.create(name="t", **both)


def test_copy_of_another_channel_than_the_campaigns_is_refused(owner):
    campaign = make.campaign(segments=[])
    with pytest.raises(InputRefused, match="a campaign of email, and this is copy of SMS"):
        services.variant_create(campaign, None, "urgency", TEXTS["sms"], actor=owner)
