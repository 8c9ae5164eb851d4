"""The frame every campaign page shares: the admin's sidebar, the steps, the tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from campaigns.models import Campaign
from web.steps import steps_of


@dataclass(frozen=True)
class Tab:
    name: str
    icon: str
    url: str
    is_here: bool


TABS = (
    ("Overview", "flag", "web:campaign"),
    ("Brief", "description", "admin:campaigns_campaign_change"),
    ("Review", "rate_review", "web:review"),
    ("Results", "bar_chart", "web:results"),
    ("Set up", "integration_instructions", "web:setup"),
)


def campaign_page(
    request: HttpRequest, template: str, campaign: Campaign, *, tab: str, **context: Any
) -> HttpResponse:
    """Answer with a page of `campaign`, inside the admin's frame."""
    return TemplateResponse(
        request,
        template,
        {
            **admin.site.each_context(request),
            **campaign_frame(campaign, tab=tab),
            "title": campaign.name,
            "subtitle": tab,
            "is_fullwidth": True,
            **context,
        },
    )


def campaign_frame(campaign: Campaign, *, tab: str) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "steps": steps_of(campaign),
        "tabs": [
            Tab(name, icon, reverse(page, args=[campaign.pk]), name == tab)
            for name, icon, page in TABS
        ],
    }
