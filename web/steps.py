"""A campaign's way from brief to verdict, and the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from campaigns.models import Campaign

Status = Campaign.Status
PATH = ("Brief", "Write copy", "Review", "Launch", "Results")
_REACHED = {
    Status.DRAFT: 1,
    Status.GENERATING: 1,
    Status.REVIEW: 2,
    Status.LIVE: 4,
    Status.PAUSED: 4,
    Status.FINISHED: 5,
}


@dataclass(frozen=True)
class Step:
    name: str
    state: str
    url: str


@dataclass(frozen=True)
class NextStep:
    """What to do now, in words, and where."""

    sentence: str
    button: str
    url: str


def steps_of(campaign: Campaign) -> list[Step]:
    """The five steps: done, current or still to come."""
    reached = _REACHED[Status(campaign.status)]
    states = ["done" if i < reached else "current" if i == reached else "ahead" for i in range(5)]
    overview = reverse("web:campaign", args=[campaign.pk])
    urls = (
        reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        overview,
        reverse("web:review", args=[campaign.pk]),
        overview,
        reverse("web:results", args=[campaign.pk]),
    )
    return [Step(*step) for step in zip(PATH, states, urls, strict=True)]


def next_step(campaign: Campaign) -> NextStep:
    sentence, button, page = _NEXT[Status(campaign.status)]
    return NextStep(sentence, button, reverse(page, args=[campaign.pk]))


_NEXT = {
    Status.DRAFT: ("The brief is ready: have the copy written.", "Write copy", "web:campaign"),
    Status.GENERATING: ("Copy is being written.", "Watch progress", "web:campaign"),
    Status.REVIEW: (
        "Read the candidates, approve one per segment and angle, then launch.",
        "Review copy",
        "web:review",
    ),
    Status.LIVE: ("People are being assigned; watch the results.", "See results", "web:results"),
    Status.PAUSED: (
        "Paused: everyone gets the control copy until you resume.",
        "Open campaign",
        "web:campaign",
    ),
    Status.FINISHED: ("Finished: read what was learnt.", "See results", "web:results"),
}
