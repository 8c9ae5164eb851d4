"""The main job, told once with a made-up shop: from imported files to a verdict.

Every step is the one a person would take, through the same commands and services. Only two things
are played: who reviews the copy (the demo's owner approves the best candidate of every cell), and
how people react to it (`behaviour`).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from rich.console import Console
from rich.progress import Progress

from audience.models import Clustering, Segment
from audience.services import segment_build, segments_from_clustering
from campaigns.models import BrandVoice, Campaign, CampaignSegment, Template
from campaigns.selectors import prospects_of
from campaigns.services import campaign_generate, campaign_launch, variants_approve_best
from catalog.models import Offer
from core.errors import ServiceUnavailable
from experiments.models import Analysis, SavedMetric
from experiments.selectors import metric_from
from experiments.services import analysis_refresh, saved_metric_create
from generation.selectors import job_progress
from web.demo import behaviour, helping, offers, shop, words
from web.demo.metrics import GOAL, GUARDRAIL, METRICS, REVENUE

KEY = "autumn-favourites"
SEED = 20_240_917
DAYS_LIVE = 12
COUNTS = 24
ANGLES = ["benefit_first", "social_proof", "urgency"]
GENERATION_TIMEOUT_SECONDS = 300

BODY = """Hi {{ first_name | default: 'there' }},

Our autumn range is in, and we have put together a small selection for you.

{{ offer }}. Use the code {{ code }} at checkout.

Have a look: {{ url }}

The {{ brand }} team"""

# Made-up people agree to everything; real ones are asked.
CONSENT = {
    "contacts": [
        "--consent=profiling",
        "--consent=email",
        "--consent-source=the demonstration: these people are made up",
    ]
}


def tell(console: Console, *, now: datetime) -> Campaign:
    """Run every step that has not run yet; the campaign, live and analysed."""
    campaign = Campaign.objects.filter(key=KEY).first()
    owner = owner_ensure()
    if campaign is None:
        import_files(console, now=now)
        offers.history_play(now=now, seed=SEED)
        help_visitors(console, now=now)
        console.rule("Understand: texts to profiles, clusters and segments")
        call_command("understand", clusters=len(words.THEMES))
        console.rule("Recommend: products for every contact, from what they bought")
        call_command("recommend")
        campaign = brief_write(owner, segments_ensure(now=now))
    if campaign.status == Campaign.Status.DRAFT:
        console.rule("Generate: a Celery worker writes candidates for every segment and angle")
        console.print(f"Writer: {settings.GENERATOR}")
        campaign_generate(campaign, actor=owner, now=now, seed=SEED)
    generation_wait(campaign)
    if campaign.status == Campaign.Status.REVIEW:
        console.rule("Review and launch: one candidate a cell is approved, then the test starts")
        launch(campaign, owner, now=now - timedelta(days=DAYS_LIVE))
    moments = moments_of(campaign.launched_at or now)
    counted = Analysis.objects.filter(experiment=campaign.experiment)
    if not counted.filter(created_at__in=moments).exists():
        console.rule("Experiment: sends, visits and orders come back as events")
        behaviour.play(campaign, start=campaign.launched_at or now, seed=SEED)
        count_on_the_way(campaign, moments)
    plan_make(console, owner, now=now)
    return campaign


def owner_ensure() -> User:
    """The demo's login; its password is made here and kept beside the database."""
    note = Path(settings.VAR_DIR) / "demo-login"
    owner, is_new = User.objects.get_or_create(
        username="marketer",
        defaults={"is_staff": True, "is_superuser": True, "email": "marketer@harbour-pine.example"},
    )
    if is_new or not note.exists():
        password = secrets.token_urlsafe(9)
        owner.set_password(password)
        owner.save()
        note.write_text(f"{owner.username} / {password}\n")
        note.chmod(0o600)
    return owner


def import_files(console: Console, *, now: datetime) -> None:
    console.rule("Import: contacts, products, texts and events")
    folder = Path(settings.VAR_DIR) / "demo"
    files = shop.write_files(folder, now=now, rng=np.random.default_rng(SEED))
    for what in ("contacts", "products", "texts", "events"):
        call_command(f"import_{what}", str(files[what]), *CONSENT.get(what, ()))


def help_visitors(console: Console, *, now: datetime) -> None:
    """The assistant reads the shop's help pages and answers what made-up visitors ask."""
    console.rule("Answer: help pages become what the assistant knows, and visitors ask it")
    console.print(helping.story_tell(now=now))


def plan_make(console: Console, owner: User, *, now: datetime) -> None:
    """Who gets which offer next, by what last season's test taught."""
    console.rule("Plan: who gets which offer, learnt from a test of last season")
    tried = offers.history_play(now=now, seed=SEED)
    console.print(offers.sentence(offers.plan_ensure(tried, owner=owner, now=now, seed=SEED)))


def segments_ensure(*, now: datetime) -> list[Segment]:
    """The clusters as segments, and a rule for the recent buyers who never wrote a word."""
    clustering = Clustering.objects.filter(finished_at__isnull=False).latest("created_at")
    segments = segments_from_clustering(clustering)
    everyone, _ = Segment.objects.get_or_create(
        key="app-and-web-shoppers",
        defaults={
            "name": "Online shoppers",
            "kind": Segment.Kind.RULE,
            "rule": {"attribute": "channel", "in": ["web", "app"]},
            "portrait": "They shop on the web or in the app, whatever the season brings.",
            "traits": {"phrases": ["new arrivals", "everyday favourites"]},
        },
    )
    for segment in (*segments, everyone):
        segment_build(segment, now=now)
    return [*segments, everyone]


def brief_write(owner: User, segments: list[Segment]) -> Campaign:
    voice, _ = BrandVoice.objects.get_or_create(
        name=words.BRAND,
        defaults={
            "brand_name": words.BRAND,
            "tone": BrandVoice.Tone.WARM,
            "descriptors": "Calm, friendly, precise. Talks like a good shop assistant.",
            "banned_terms": ["cheap", "must-have", "hurry"],
        },
    )
    offer, _ = Offer.objects.get_or_create(
        name="Autumn 15",
        defaults={
            "text": "15% off everything",
            "code": "AUTUMN15",
            "url": "https://harbour-pine.example/autumn",
        },
    )
    template, _ = Template.objects.get_or_create(
        name="Autumn favourites",
        defaults={
            "kind": Template.Kind.PROMOTION,
            "subject": "Your autumn favourites are here",
            "preheader": "A small selection, and {{ offer }}",
            "body": BODY,
            "call_to_action": "See the selection",
        },
    )
    campaign = Campaign.objects.create(
        key=KEY, name="Autumn favourites", template=template, brand_voice=voice, offer=offer,
        angles=ANGLES, owner=owner,
    )  # fmt: skip
    for position, segment in enumerate(segments):
        CampaignSegment.objects.create(campaign=campaign, segment=segment, position=position)
    return campaign


def generation_wait(campaign: Campaign) -> None:
    """Show the job's progress until the worker is done and the campaign is in review."""
    deadline = time.monotonic() + GENERATION_TIMEOUT_SECONDS
    with Progress() as progress:
        bar = progress.add_task("writing copy", total=None)
        while _is_generating(campaign):
            if campaign.job is not None:
                state = job_progress(campaign.job)
                progress.update(bar, total=state.total, completed=state.done)
            if time.monotonic() > deadline:
                raise ServiceUnavailable(
                    "no worker wrote the copy in time: is a Celery worker up? "
                    "Its log is var/log/worker-gpu.log"
                )
            time.sleep(0.3)


def _is_generating(campaign: Campaign) -> bool:
    campaign.refresh_from_db()
    return campaign.status == Campaign.Status.GENERATING


def launch(campaign: Campaign, owner: User, *, now: datetime) -> None:
    """With the whole audience as the planned sample: everyone is written to once."""
    variants_approve_best(campaign, actor=owner, now=now)
    library = library_ensure(owner)
    roles = {GOAL: "goal", REVENUE: "secondary", GUARDRAIL: "guardrail"}
    campaign_launch(
        campaign,
        actor=owner,
        now=now,
        planned_units=prospects_of(campaign, now=now).audience,
        metrics=[metric_from(library[key], role=role) for key, role in roles.items()],
    )
    campaign.refresh_from_db()


def library_ensure(owner: User) -> dict[str, SavedMetric]:
    """The shop's own metrics by key."""
    for metric in METRICS:
        if not SavedMetric.objects.filter(key=metric.key).exists():
            saved_metric_create(metric, actor=owner)
    return {saved.key: saved for saved in SavedMetric.objects.all()}


def moments_of(start: datetime) -> list[datetime]:
    """When a running installation would have counted since the start."""
    step = timedelta(days=DAYS_LIVE) / COUNTS
    return [start + step * number for number in range(1, COUNTS)]


@transaction.atomic
def count_on_the_way(campaign: Campaign, moments: Sequence[datetime]) -> None:
    """The counts that a running installation would have made meanwhile: lift over time.

    All of them or none, so that a start which was broken off is taken up by the next.
    """
    if campaign.experiment is None:
        return
    for moment in moments:
        analysis = analysis_refresh(campaign.experiment, now=moment)
        Analysis.objects.filter(pk=analysis.pk).update(created_at=moment)
