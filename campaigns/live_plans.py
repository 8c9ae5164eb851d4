"""What `decide` needs to know of a campaign, frozen and kept in the process for a few seconds.

A plan is read in a handful of queries and then serves every contact. After `forget` or
DECIDE_PLAN_SECONDS it is read again; while the database is down the last one known goes on serving.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from campaigns.cells import CONTROL
from campaigns.models import Campaign, Variant
from campaigns.selectors.contacts import KnownContact
from campaigns.wording import copy_of
from catalog.models import Offer
from catalog.offer_limits import OfferLimits
from core import broadcasts
from experiments.selectors import ArmPlan, ExperimentPlan, experiment_plan
from generation.briefs import Copy
from generation.channels import EMAIL

EVERYONE = ""
TOPIC = "plan"
# The merge tag that holds what is recommended to a contact.
PICKS = "recommendations"
# Of its time, after which a plan in use is read again beforehand.
EARLY_SHARE = 0.6


@dataclass(frozen=True)
class PlannedText:
    variant_id: int
    copy: Copy


@dataclass(frozen=True)
class LivePlan:
    """A campaign as `decide` sees it. `texts` holds approved copy by (segment key, arm key).

    `snapshots` are (snapshot id, segment id) of the segments whose members were kept at launch.
    """

    campaign_key: str
    status: str
    experiment: ExperimentPlan | None
    segments: tuple[tuple[int, str], ...]
    texts: Mapping[tuple[str, str], PlannedText]
    shop: Mapping[str, str]
    channel: str = EMAIL
    snapshots: tuple[tuple[int, int], ...] = ()
    token_version: int = 1
    has_picks: bool = False
    offer: Offer | None = None

    @property
    def offer_limits(self) -> OfferLimits | None:
        return OfferLimits.of(self.offer)

    @property
    def segment_ids(self) -> tuple[int, ...]:
        """The segments whose members are those of the last build."""
        kept = {segment_id for _, segment_id in self.snapshots}
        return tuple(segment_id for segment_id, _ in self.segments if segment_id not in kept)

    @property
    def snapshot_ids(self) -> tuple[int, ...]:
        return tuple(snapshot_id for snapshot_id, _ in self.snapshots)

    def segment_of(self, contact: KnownContact) -> str | None:
        """The key of the first of the campaign's segments the contact is in; None: in none of them.

        A campaign without segments tests on everyone, who are then the one segment "".
        """
        if not self.segments:
            return EVERYONE
        keys = (key for segment_id, key in self.segments if segment_id in contact.segment_ids)
        return next(keys, None)

    def arm(self, key: str) -> ArmPlan | None:
        arms = self.experiment.arms if self.experiment else ()
        return next((arm for arm in arms if arm.key == key), None)

    def arm_by_id(self, arm_id: int) -> ArmPlan | None:
        arms = self.experiment.arms if self.experiment else ()
        return next((arm for arm in arms if arm.id == arm_id), None)

    def text(self, segment_key: str, arm_key: str) -> PlannedText | None:
        """The cell's text; a segment without a control of its own has the campaign's."""
        found = self.texts.get((segment_key, arm_key))
        if found is None and arm_key == CONTROL:
            return self.texts.get((EVERYONE, CONTROL))
        return found


_plans: dict[str, tuple[float, LivePlan]] = {}
_in_use: tuple[float, tuple[str, ...]] | None = None
_being_read: set[str] = set()


def current(campaign_key: str) -> LivePlan | None:
    """The campaign's plan, read again when the kept one is old; None: no such campaign.

    One that is about to be old is read again beside the questions, so that none has to wait for it.
    """
    kept = _plans.get(campaign_key)
    if kept is None:
        return _read_again(campaign_key)
    age, longest = time.monotonic() - kept[0], _plan_seconds()
    if age < longest:
        if age >= EARLY_SHARE * longest and campaign_key not in _being_read:
            _being_read.add(campaign_key)
            _reader().submit(_read_early, campaign_key)
        return kept[1]
    return _read_again(campaign_key)


def _read_early(campaign_key: str) -> None:
    try:
        _read_again(campaign_key)
    except (DatabaseError, InterfaceError):
        # Whoever asks next finds the plan too old, asks the database and says what is wrong.
        connection.close()
    finally:
        _being_read.discard(campaign_key)


@cache
def _reader() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="live-plans")


def _read_again(campaign_key: str) -> LivePlan | None:
    started = time.monotonic()
    plan = read(campaign_key)
    if plan is None:
        forget(campaign_key)
    else:
        _plans[campaign_key] = (started, plan)
    return plan


def keys_in_use() -> tuple[str, ...]:
    """The keys of the campaigns that are live or paused, as known for a few seconds."""
    global _in_use
    if _in_use is None or time.monotonic() - _in_use[0] >= _plan_seconds():
        started = time.monotonic()
        found = Campaign.objects.filter(
            status__in=[Campaign.Status.LIVE, Campaign.Status.PAUSED]
        ).order_by("key")
        _in_use = (started, tuple(found.values_list("key", flat=True)))
    return _in_use[1]


def last_known(campaign_key: str) -> LivePlan | None:
    """The plan as last read, however old; asks nobody."""
    kept = _plans.get(campaign_key)
    return kept[1] if kept else None


def forget(campaign_key: str) -> None:
    _plans.pop(campaign_key, None)


def forget_all() -> None:
    global _in_use
    _plans.clear()
    _in_use = None


def forget_after_commit(campaign_key: str) -> None:
    """Here, and in every process that hears of it."""
    broadcasts.announce(TOPIC, campaign_key)


def _forget_announced(campaign_key: str | None) -> None:
    global _in_use
    _in_use = None
    if campaign_key is None:
        for kept_key in list(_plans):
            _grow_old(kept_key)
    else:
        _grow_old(campaign_key)


def _grow_old(campaign_key: str) -> None:
    """To be read again, but still there should the database be down by then."""
    kept = _plans.get(campaign_key)
    if kept is not None:
        _plans[campaign_key] = (-math.inf, kept[1])


def read(campaign_key: str) -> LivePlan | None:
    campaign = (
        Campaign.objects.select_related("template", "offer", "brand_voice", "experiment__layer")
        .filter(key=campaign_key)
        .first()
    )
    if campaign is None:
        return None
    segments = campaign.campaign_segments.order_by("position", "id")
    kept = segments.exclude(snapshot=None)
    texts = _texts(campaign)
    return LivePlan(
        campaign_key=campaign.key,
        status=campaign.status,
        experiment=experiment_plan(campaign.experiment) if campaign.experiment else None,
        segments=tuple(segments.values_list("segment_id", "segment__key")),
        texts=texts,
        shop=shop_variables(campaign),
        channel=campaign.channel,
        snapshots=tuple(kept.values_list("snapshot_id", "segment_id")),
        token_version=campaign.token_version,
        offer=campaign.offer,
        has_picks=any(asks_for_picks(planned.copy) for planned in texts.values()),
    )


def asks_for_picks(copy: Copy) -> bool:
    """Whether a copy names the products recommended to its reader."""
    return any(PICKS in text for _, text in copy.texts())


def shop_variables(campaign: Campaign) -> dict[str, str]:
    """The merge tags that are the same for every contact."""
    offer = campaign.offer
    return {
        "brand": campaign.brand_voice.brand_name,
        "offer": offer.text if offer else "",
        "code": offer.code if offer else "",
        "url": offer.url if offer else "",
        "minimum_spend": f"{offer.minimum_spend:,.2f}" if offer and offer.minimum_spend else "",
    }


def _texts(campaign: Campaign) -> dict[tuple[str, str], PlannedText]:
    approved = campaign.variants.filter(status=Variant.Status.APPROVED).select_related("segment")
    return {
        (
            variant.segment.key if variant.segment else EVERYONE,
            variant.angle,
        ): PlannedText(variant.pk, copy_of(variant))
        for variant in approved
    }


def _plan_seconds() -> float:
    """Another process pauses, finishes or launches: this is how long it may go unnoticed here."""
    return float(settings.DECIDE_PLAN_SECONDS)


broadcasts.on_announcement(TOPIC, _forget_announced)
