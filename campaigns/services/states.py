"""How a campaign's state moves: by conditional UPDATE, and only along the arrows drawn here.

draft | in review -> generating -> in review -> live <-> paused -> finished
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from campaigns.errors import CampaignClosed
from campaigns.models import Campaign

Status = Campaign.Status
OPEN_TO_COPY = (Status.DRAFT, Status.GENERATING, Status.REVIEW)


def campaign_move(
    campaign: Campaign,
    to: str,
    *,
    out_of: Sequence[str],
    doing: str,
    now: datetime,
    **fields: object,
) -> None:
    """Move the row if it is in one of the states `out_of`, else refuse by name."""
    moved = Campaign.objects.filter(pk=campaign.pk, status__in=out_of).update(
        status=to, updated_at=now, **fields
    )
    campaign.refresh_from_db(fields=["status", "updated_at", *fields])
    if not moved:
        raise _closed(campaign, out_of, doing=doing)


def require_state(campaign: Campaign, states: Sequence[str], *, doing: str) -> None:
    """Refuse early what `campaign_move` would refuse in the end."""
    if campaign.status not in states:
        raise _closed(campaign, states, doing=doing)


def _closed(campaign: Campaign, states: Sequence[str], *, doing: str) -> CampaignClosed:
    wanted = " or ".join(str(Status(state).label).lower() for state in states)
    return CampaignClosed(
        f"“{campaign.name}” is {_in_words(campaign)}; to {doing} it must be {wanted}"
    )


def _in_words(campaign: Campaign) -> str:
    return campaign.get_status_display().lower()


def campaign_lock(campaign_id: int) -> Campaign:
    """The row, locked until the transaction ends: review and launch queue up here.

    With it comes what every text is checked against.
    """
    rows = Campaign.objects.select_related("template", "brand_voice", "offer")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=campaign_id)


def campaign_lock_for_copy(campaign_id: int, *, doing: str) -> Campaign:
    """The locked row, if its copy may still change."""
    campaign = campaign_lock(campaign_id)
    if campaign.status not in OPEN_TO_COPY:
        raise CampaignClosed(
            f"“{campaign.name}” is {_in_words(campaign)}: its copy is frozen, so you cannot "
            f"{doing}. People must go on getting the text that was approved; start another "
            "campaign for another text."
        )
    return campaign
