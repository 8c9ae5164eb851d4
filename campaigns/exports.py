"""A send list with each contact's copy, for tools that cannot ask while they send.

Whoever is on it is decided for as at the door: who gets an arm is in the test from then on. Left
out is who unsubscribed or does not consent, and who is in none of the campaign's segments; who is
kept out of the test is there with the control copy.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from audience.models import Contact
from campaigns import live_plans
from campaigns.decisions import Decision
from campaigns.errors import CampaignClosed
from campaigns.models import Campaign
from campaigns.personalise_many import CONTACTS_AT_ONCE, Asked, decide_many
from campaigns.selectors.contacts import contacts_to_send
from core.audit import audit
from core.csv_cells import safe_cell
from core.errors import ServiceUnavailable
from experiments.models import Experiment
from generation.channels import fields_of

CSV, PARQUET = "csv", "parquet"
FORMATS = (CSV, PARQUET)
FIXED = ("contact", "email", "arm", "segment", "variant", "assignment", "holdout")
# Nothing to send, or nobody to count: the reasons for which a row is left out.
LEFT_OUT = frozenset({"no_segment", "unknown_contact"})

Row = dict[str, Any]


def send_list_start(campaign: Campaign, *, actor: User | None) -> None:
    """Refuse what cannot be exported, and note who takes personal data out.

    Raises:
        CampaignClosed: The campaign is not live, or the email tool splits it.
    """
    if campaign.status != Campaign.Status.LIVE or campaign.experiment is None:
        raise CampaignClosed(
            f"“{campaign.name}” is not live: a send list says who gets which copy, which is "
            "decided only then"
        )
    if campaign.experiment.assignment == Experiment.Assignment.EXTERNAL:
        raise CampaignClosed(
            f"“{campaign.name}” is split by the email tool: who gets which copy is not known here"
        )
    # Decided by the campaign as it is now, not as it was a few seconds ago.
    live_plans.forget(campaign.key)
    audit(actor, "send_list_export", campaign)


def columns_of_list(campaign: Campaign) -> tuple[str, ...]:
    return (*FIXED, *fields_of(campaign.channel))


def send_list(campaign: Campaign, *, now: datetime) -> Iterator[list[Row]]:
    """Rows in lists, in the order in which contacts came; each list is decided when asked for.

    Raises:
        ServiceUnavailable: Deciding failed in between. What was given out before stands, and a new
            list says the same of them.
    """
    last = 0
    while True:
        rows = list(
            _reachable(campaign)
            .filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", "external_id", "email")[:CONTACTS_AT_ONCE]
        )
        if not rows:
            return
        last = rows[-1][0]
        yield _decided(campaign, [(unit, email) for _, unit, email in rows], now=now)


def csv_lines(campaign: Campaign, *, now: datetime) -> Iterator[str]:
    """The list as CSV, in pieces."""
    columns = columns_of_list(campaign)
    yield _csv([list(columns)])
    for rows in send_list(campaign, now=now):
        yield _csv([[safe_cell(row[name]) for name in columns] for row in rows])


def write_parquet(campaign: Campaign, path: Path, *, now: datetime) -> int:
    """The list as a Parquet file; the number of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"variant": pa.int64(), "holdout": pa.bool_()}
    columns = columns_of_list(campaign)
    schema = pa.schema([(name, types.get(name, pa.string())) for name in columns])
    count = 0
    with pq.ParquetWriter(path, schema) as writer:
        for rows in send_list(campaign, now=now):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            count += len(rows)
    return count


def _reachable(campaign: Campaign) -> QuerySet[Contact]:
    segments = list(campaign.campaign_segments.values_list("segment_id", flat=True))
    if not segments:
        return Contact.objects.all()
    assert campaign.experiment_id is not None  # noqa: S101 (a live campaign has one)
    return contacts_to_send(segments, campaign.experiment_id)


def _decided(campaign: Campaign, contacts: list[tuple[str, str]], *, now: datetime) -> list[Row]:
    emails = dict(contacts)
    asked = [Asked(unit) for unit, _ in contacts]
    decisions = [one for few in decide_many(campaign.key, asked, now=now) for one in few]
    rows = []
    for unit, decision in zip(emails, decisions, strict=True):
        if decision.suppressed or decision.reason in LEFT_OUT:
            continue
        if decision.fallback and decision.reason != "render_failed":
            raise ServiceUnavailable(
                f"the send list cannot be finished: {decision.reason.replace('_', ' ')}"
            )
        rows.append(_row(unit, emails[unit], decision))
    return rows


def _row(unit: str, email: str, decision: Decision) -> Row:
    return {
        "contact": unit,
        "email": email,
        "arm": decision.arm,
        "segment": decision.segment,
        "variant": decision.variant_id,
        "assignment": decision.assignment,
        "holdout": decision.holdout,
        **dict(decision.content.texts()),
    }


def _csv(rows: list[list[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
