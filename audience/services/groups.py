"""Groups: what stays itself from fit to fit, with words a person may rewrite."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.db import transaction

from audience.clustering.identity import FoundCluster, Kinship, KnownGroup, kinships
from audience.clustering.portraits import ClusterPortrait
from audience.models import Cluster, ClusterIdentity, Segment
from audience.sensitive import refuse_sensitive
from core.audit import audit
from core.errors import InputRefused

NAME_LONGEST = 110
PORTRAIT_LONGEST = 2_000


def groups_recognise(
    found: Sequence[FoundCluster],
    worded: Sequence[ClusterPortrait],
    *,
    members_before: Mapping[int, int | None],
) -> list[ClusterIdentity]:
    """The group each cluster of a new fit is: one of before, or a new one.

    Args:
        found: The clusters; their members are profile ids.
        worded: What is said of each.
        members_before: The cluster each profile was in before this fit, by profile id.
    """
    last_seen = _last_clusters()
    # Two refits at once would both make a group of the same people.
    groups = ClusterIdentity.objects.select_for_update(no_key=True).in_bulk(
        [cluster.identity_id for cluster in last_seen]
    )
    kin = kinships(found, _known(last_seen, members_before))
    taken = {groups[one.same_as].name for one in kin if one.same_as is not None}
    recognised = []
    for one, portrait in zip(kin, worded, strict=True):
        if one.same_as is not None:
            recognised.append(_group_follow(groups[one.same_as], portrait, taken))
        else:
            recognised.append(_group_create(one, portrait, taken))
    return recognised


def _last_clusters() -> list[Cluster]:
    """Of every group, the cluster it was in the newest fit that found it."""
    newest = Cluster.objects.exclude(identity=None).order_by("identity_id", "-clustering_id")
    return list(newest.distinct("identity_id"))


def _known(last_seen: Sequence[Cluster], before: Mapping[int, int | None]) -> list[KnownGroup]:
    members: dict[int | None, set[int]] = defaultdict(set)
    for profile, cluster in before.items():
        members[cluster].add(profile)
    return [
        KnownGroup(
            key=cluster.identity_id or 0,
            centroid=np.asarray(cluster.centroid, dtype=np.float32),
            members=frozenset(members[cluster.pk]),
        )
        for cluster in last_seen
    ]


def _group_follow(
    group: ClusterIdentity, portrait: ClusterPortrait, taken: set[str]
) -> ClusterIdentity:
    """The group in its new words, but for those a person wrote.

    A name people know stays for as long as it says one of the things that set the group apart.
    """
    if not group.is_named_by_hand and not _still_says(group.name, portrait):
        group.name = _free(portrait.name, taken)
    if not group.is_portrayed_by_hand:
        group.portrait = portrait.portrait
    group.save()
    return group


def _still_says(name: str, portrait: ClusterPortrait) -> bool:
    said = name.lower()
    telling = [found.phrase for found in portrait.keywords] or [portrait.name.lower()]
    return any(phrase in said for phrase in telling)


def _group_create(kin: Kinship, portrait: ClusterPortrait, taken: set[str]) -> ClusterIdentity:
    return ClusterIdentity.objects.create(
        name=_free(portrait.name, taken), portrait=portrait.portrait, came_from_id=kin.came_from
    )


def _free(name: str, taken: set[str]) -> str:
    """The name, numbered where another group of this fit has it."""
    numbered = (f"{name} ({number})" for number in range(2, len(taken) + 3))
    free = next(one for one in (name, *numbered) if one not in taken)
    taken.add(free)
    return free


def cluster_words(group: ClusterIdentity, portrait: ClusterPortrait) -> dict[str, Any]:
    """What the cluster of a fit is called: as its group is."""
    words = group.portrait if group.is_portrayed_by_hand else portrait.portrait
    return {"name": group.name, "portrait": words}


@transaction.atomic
def group_rewrite(
    group: ClusterIdentity, *, name: str, portrait: str, actor: User
) -> ClusterIdentity:
    """Call a group what a person calls it, from now on and through every refit.

    Its segment follows, unless somebody had given that words of its own.

    Raises:
        InputRefused: A text is empty, too long, or about what is never kept about people.
    """
    name, portrait = " ".join(name.split()), portrait.strip()
    _refuse_unusable(name, portrait)
    locked = ClusterIdentity.objects.select_for_update(no_key=True).get(pk=group.pk)
    before = (locked.name, locked.portrait)
    locked.is_named_by_hand |= name != locked.name
    locked.is_portrayed_by_hand |= portrait != locked.portrait
    locked.name, locked.portrait = name, portrait
    locked.save()
    newest = locked.clusters.order_by("-clustering_id").first()
    if newest:
        Cluster.objects.filter(pk=newest.pk).update(name=name, portrait=portrait)
        _segments_follow(newest, before, (name, portrait))
    audit(actor, "group_rewrite", locked, before=list(before), after=[name, portrait])
    return locked


def _segments_follow(cluster: Cluster, before: tuple[str, str], after: tuple[str, str]) -> None:
    for field, old, new in zip(("name", "portrait"), before, after, strict=True):
        Segment.objects.filter(cluster=cluster, **{field: old}).update(**{field: new})


def _refuse_unusable(name: str, portrait: str) -> None:
    if not 0 < len(name) <= NAME_LONGEST:
        raise InputRefused(f"name: give one of 1 to {NAME_LONGEST} characters", field="name")
    if len(portrait) > PORTRAIT_LONGEST:
        raise InputRefused(
            f"portrait: keep it under {PORTRAIT_LONGEST:,} characters", field="portrait"
        )
    refuse_sensitive(name, field="name")
    refuse_sensitive(portrait, field="portrait")
