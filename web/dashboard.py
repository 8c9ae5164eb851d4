"""The start page: every campaign at a glance, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from audience.models import Contact, Segment, Text
from campaigns.models import Campaign, Template
from catalog.models import Product
from experiments.models import Analysis, Exposure
from web.steps import NextStep, next_step

SHOWN = 12
COMMANDS = (
    ("Contacts", "python manage.py import_contacts contacts.csv"),
    ("Their words: reviews, searches, questions", "python manage.py import_texts reviews.csv"),
    ("Products", "python manage.py import_products products.csv"),
    ("Past events (optional)", "python manage.py import_events events.jsonl"),
)


@dataclass(frozen=True)
class CampaignCard:
    campaign: Campaign
    next: NextStep
    units: int
    sentence: str
    verdict: str


@dataclass(frozen=True)
class Figure:
    """A number of the shop, with what lies under it."""

    name: str
    value: int
    note: str
    icon: str
    page: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What `templates/admin/index.html` shows, for those who may see campaigns."""
    if request.user.has_perm("campaigns.view_campaign"):
        figures = _figures()
        context |= {
            "may_see_campaigns": True,
            "may_add_campaign": request.user.has_perm("campaigns.add_campaign"),
            "cards": campaign_cards(newest_campaigns()),
            "figures": figures,
            "is_empty": not any(figure.value for figure in figures),
            "commands": COMMANDS,
        }
    return context


def newest_campaigns() -> list[Campaign]:
    return list(
        Campaign.objects.select_related("template", "offer").order_by("-updated_at")[:SHOWN]
    )


def campaign_cards(campaigns: Sequence[Campaign]) -> list[CampaignCard]:
    experiments = [campaign.experiment_id for campaign in campaigns if campaign.experiment_id]
    units = _units(experiments)
    analyses = _newest_analyses(experiments)
    return [
        CampaignCard(
            campaign,
            next_step(campaign),
            units.get(campaign.experiment_id or 0, 0),
            *_verdict(analyses.get(campaign.experiment_id or 0)),
        )
        for campaign in campaigns
    ]


def _verdict(analysis: Analysis | None) -> tuple[str, str]:
    return (analysis.sentence, analysis.verdict) if analysis else ("", "")


def _units(experiments: Sequence[int]) -> dict[int, int]:
    rows = Exposure.objects.filter(experiment_id__in=experiments).values("experiment_id")
    return dict(rows.annotate(units=Count("id")).values_list("experiment_id", "units"))


def _newest_analyses(experiments: Sequence[int]) -> dict[int, Analysis]:
    rows = Analysis.objects.filter(experiment_id__in=experiments).defer("results")
    newest = rows.order_by("experiment_id", "-created_at", "-id").distinct("experiment_id")
    return {analysis.experiment_id: analysis for analysis in newest}


def _figures() -> list[Figure]:
    texts = Text.objects.aggregate(all=Count("id"), read=Count("id", filter=Q(status="read")))
    segments = Segment.objects.aggregate(all=Count("id"), built=Count("built_at"))
    return [
        Figure(
            "Contacts",
            Contact.objects.count(),
            "people you can reach",
            "person",
            "audience_contact",
        ),
        Figure(
            "Texts", texts["all"], f"{texts['read']:,} read and understood", "chat", "audience_text"
        ),
        Figure(
            "Segments",
            segments["all"],
            f"{segments['built']:,} built",
            "groups",
            "audience_segment",
        ),
        Figure(
            "Products", Product.objects.count(), "in the catalog", "inventory_2", "catalog_product"
        ),
        Figure(
            "Templates",
            Template.objects.count(),
            "human control copy",
            "mail",
            "campaigns_template",
        ),
    ]
