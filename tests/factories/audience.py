"""Contacts, what they wrote and what was made of it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import numpy as np

from audience.models import (
    VECTOR_SIZE,
    Cluster,
    ClusterIdentity,
    Clustering,
    Contact,
    Profile,
    Segment,
    Text,
)

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
_numbers = itertools.count(1)


def contact(external_id: str | None = None, **fields) -> Contact:
    return Contact.objects.create(external_id=external_id or f"c-{next(_numbers)}", **fields)


def text(body: str, *, by: Contact | None = None, **fields) -> Text:
    return Text.objects.create(
        **{
            "external_id": f"t-{next(_numbers)}",
            "contact": by or contact(),
            "body": body,
            "occurred_at": NOON,
            **fields,
        }
    )


def direction(axis: int) -> np.ndarray:
    """A unit vector along one axis."""
    return np.eye(1, VECTOR_SIZE, axis, dtype=np.float32)[0]


def read_text(body: str, *, by: Contact | None = None, axis: int = 0, **fields) -> Text:
    """A text already read, and its contact's profile due."""
    by = by or contact()
    Contact.objects.filter(pk=by.pk).update(is_profile_due=True)
    return text(
        body,
        by=by,
        **{
            "clean_body": body,
            "status": Text.Status.READ,
            "vector": direction(axis),
            "read_at": NOON,
            **fields,
        },
    )


def profile(of: Contact | None = None, *, axis: int = 0, **fields) -> Profile:
    return Profile.objects.create(
        **{
            "contact": of or contact(),
            "vector": direction(axis),
            "interests": [],
            "categories": {},
            "sentiment": 0.5,
            "text_count": 1,
            "last_text_at": NOON,
            "updated_at": NOON,
            **fields,
        }
    )


def clustering(*axes: int, at: datetime = NOON) -> Clustering:
    """A fit with one cluster along each axis; one axis is one group, in every fit."""
    made = Clustering.objects.create(
        created_at=at,
        finished_at=at,
        random_state=1,
        cluster_count=len(axes),
        profile_count=10 * len(axes),
        silhouette=0.5,
        stability=1.0,
    )
    for position, axis in enumerate(axes):
        Cluster.objects.create(
            clustering=made,
            identity=group(axis),
            position=position,
            name=f"Axis {axis}",
            portrait=f"They write about axis {axis}.",
            traits={"phrases": [f"axis {axis}"]},
            size=10,
            centroid=direction(axis),
        )
    return made


def group(axis: int) -> ClusterIdentity:
    words = {"name": f"Axis {axis}", "portrait": f"They write about axis {axis}."}
    return ClusterIdentity.objects.get_or_create(**words)[0]


def rule_segment(rule: dict, key: str = "some", **fields) -> Segment:
    return Segment.objects.create(
        key=key, name=key.capitalize(), kind=Segment.Kind.RULE, rule=rule, **fields
    )
