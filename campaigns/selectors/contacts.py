"""All that a decision needs to know of a contact, in one round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from audience.models import Contact, Membership, SegmentSnapshot, SnapshotMember
from experiments.models import Exposure
from privacy.models import Consent, Suppression

# Written out, because building it through the ORM takes three times as long as running it, for
# every email that leaves. The table names are our own; every value is a parameter.
_SELECT = f"""
SELECT c.subject_id::text, c.external_id, c.first_name, c.last_name, c.attributes,
    ARRAY(
        SELECT m.segment_id FROM {Membership._meta.db_table} m
        WHERE m.contact_id = c.id AND m.segment_id = ANY(%(segments)s::bigint[])
        UNION ALL
        SELECT s.segment_id FROM {SnapshotMember._meta.db_table} k
        JOIN {SegmentSnapshot._meta.db_table} s ON s.id = k.snapshot_id
        WHERE k.contact_id = c.id AND k.snapshot_id = ANY(%(snapshots)s::bigint[])
    ),
    EXISTS (
        SELECT FROM {Suppression._meta.db_table} s
        WHERE s.subject_id = c.subject_id AND s.channel IN ('all', %(channel)s)
    ) OR NOT coalesce(
        (
            SELECT a.is_given FROM {Consent._meta.db_table} a
            WHERE a.subject_id = c.subject_id AND a.purpose = %(channel)s
        ),
        %(silence)s
    ),
    x.arm_id, x.stratum, x.has_other_arm
FROM {Contact._meta.db_table} c
LEFT JOIN {Exposure._meta.db_table} x
    ON x.experiment_id = %(experiment)s AND x.unit_id = c.external_id
"""  # noqa: S608 (table names, no values)
KNOWN = f"{_SELECT} WHERE c.external_id = %(contact)s"
KNOWN_MANY = f"{_SELECT} WHERE c.external_id = ANY(%(contact)s::text[])"
# Two contacts may share an address; the one known for longer it is, always.
KNOWN_BY_EMAIL = (
    f"{_SELECT} WHERE lower(c.email) = %(contact)s AND c.email <> '' ORDER BY c.id LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Given:
    """What was assigned to a contact before."""

    arm_id: int
    stratum: str
    has_other_arm: bool = False


@dataclass(frozen=True, slots=True)
class KnownContact:
    """`segment_ids` are those asked about that the contact is in; who unsubscribed, or said no to
    the channel, is suppressed.
    """

    subject_id: str
    external_id: str
    first_name: str
    last_name: str
    attributes: Mapping[str, object]
    segment_ids: frozenset[int]
    is_suppressed: bool
    given: Given | None


def known_contact(
    external_id: str,
    *,
    segment_ids: Sequence[int],
    snapshot_ids: Sequence[int] = (),
    experiment_id: int,
    channel: str,
) -> KnownContact | None:
    """The contact, which of the segments they are in, and what the experiment gave them before.

    Of segments in `segment_ids` the last build counts, of those of `snapshot_ids` the snapshot.
    """
    asked = _asked(external_id, segment_ids, snapshot_ids, experiment_id, channel)
    return next(iter(_read(KNOWN, asked)), None)


def known_contact_by_email(
    address: str,
    *,
    segment_ids: Sequence[int],
    snapshot_ids: Sequence[int] = (),
    experiment_id: int,
    channel: str,
) -> KnownContact | None:
    """`known_contact` of the one with this address."""
    asked = _asked(address.strip().lower(), segment_ids, snapshot_ids, experiment_id, channel)
    return next(iter(_read(KNOWN_BY_EMAIL, asked)), None)


def known_contacts(
    external_ids: Sequence[str],
    *,
    segment_ids: Sequence[int],
    snapshot_ids: Sequence[int] = (),
    experiment_id: int,
    channel: str,
) -> dict[str, KnownContact]:
    """`known_contact` of many, by their ids; who is not there is left out."""
    asked = _asked(list(external_ids), segment_ids, snapshot_ids, experiment_id, channel)
    return {contact.external_id: contact for contact in _read(KNOWN_MANY, asked)}


def contacts_to_send(segment_ids: Sequence[int], experiment_id: int) -> QuerySet[Contact]:
    """Who is in one of the segments, and who was given an arm and has left theirs since."""
    members = Membership.objects.filter(contact=OuterRef("pk"), segment_id__in=segment_ids)
    exposed = Exposure.objects.filter(experiment_id=experiment_id, unit_id=OuterRef("external_id"))
    return Contact.objects.filter(Exists(members) | Exists(exposed))


def _asked(
    contact: str | list[str],
    segment_ids: Sequence[int],
    snapshot_ids: Sequence[int],
    experiment_id: int,
    channel: str,
) -> dict[str, Any]:
    return {
        "contact": contact,
        "segments": list(segment_ids),
        "snapshots": list(snapshot_ids),
        "experiment": experiment_id,
        "channel": channel,
        # What is no purpose of its own, such as an ad, asks for no consent.
        "silence": channel not in settings.CONSENT_REQUIRED,
    }


def _read(query: str, asked: dict[str, Any]) -> list[KnownContact]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return [_known(*row) for row in cursor.fetchall()]


def _known(
    subject_id: str,
    external_id: str,
    first_name: str,
    last_name: str,
    attributes: str,
    segment_ids: list[int],
    is_suppressed: bool,  # noqa: FBT001 (a column)
    arm_id: int | None,
    stratum: str,
    has_other_arm: bool,  # noqa: FBT001 (a column)
) -> KnownContact:
    return KnownContact(
        subject_id=subject_id,
        external_id=external_id,
        first_name=first_name,
        last_name=last_name,
        attributes=orjson.loads(attributes),
        segment_ids=frozenset(segment_ids),
        is_suppressed=is_suppressed,
        given=None if arm_id is None else Given(arm_id, stratum, has_other_arm),
    )
