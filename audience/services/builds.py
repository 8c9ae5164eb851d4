"""Builds as jobs: ordered, claimed, worked through chunk by chunk, and swapped in at the end.

Members are found into `FutureMember` while everybody goes on reading the old ones; the swap is one
transaction. Only who holds the claim gets anything done: a claim is the number of the attempt.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from audience.models import Contact, FutureMember, Segment, SegmentBuild
from audience.reach import reach_of
from audience.selectors import segment_contacts, segment_members
from core.errors import CopyliftError, DomainError
from core.jobs import wake

log = structlog.get_logger(__name__)

Status = SegmentBuild.Status
ACTIVE = (Status.QUEUED, Status.RUNNING)
RUN_TASK = "audience.tasks.build_run"
CONTACTS_PER_CHUNK = 100_000
LEASE = timedelta(minutes=10)
UNHEARD = timedelta(minutes=2)
MAX_ATTEMPTS = 3
# The history keeps every build of a week, and the last one of each day before.
KEPT_WHOLE = timedelta(days=7)

_FIND = """
    INSERT INTO audience_futuremember (build_id, contact_id)
    SELECT %s, wanted.id FROM ({members}) wanted ON CONFLICT DO NOTHING
"""
_SWAP = """
    WITH gone AS (
        DELETE FROM audience_membership membership
        WHERE segment_id = %(segment)s AND NOT EXISTS (
            SELECT FROM audience_futuremember found
            WHERE found.build_id = %(build)s AND found.contact_id = membership.contact_id
        ) RETURNING 1
    ),
    come AS (
        INSERT INTO audience_membership (segment_id, contact_id)
        SELECT %(segment)s, contact.id FROM audience_futuremember found
        JOIN audience_contact contact ON contact.id = found.contact_id
        WHERE found.build_id = %(build)s ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT (SELECT count(*) FROM come), (SELECT count(*) FROM gone)
"""


class BuildOver(DomainError):
    """The build has ended, so it cannot be cancelled."""


class _ClaimLost(Exception):
    """The build was cancelled, or another worker has it: going on is of no use."""


def build_order(
    segment: Segment, *, now: datetime, requested_by: User | None = None
) -> SegmentBuild:
    """A build of the segment, to be done by a worker; the one under way, where there is one.

    Raises:
        InputRefused: Its rule is none.
    """
    segment_contacts(segment, now=now)
    try:
        with transaction.atomic():
            build = SegmentBuild.objects.create(
                segment=segment, as_of=now, requested_by=requested_by
            )
    except IntegrityError:
        build = SegmentBuild.objects.filter(segment=segment, status__in=ACTIVE).latest("pk")
    wake(RUN_TASK, build_id=build.pk)
    return build


def build_cancel(build: SegmentBuild) -> None:
    """End it; the members stay as they are.

    Raises:
        BuildOver: It has ended by itself.
    """
    open_ones = SegmentBuild.objects.filter(pk=build.pk, status__in=ACTIVE)
    if not open_ones.update(status=Status.CANCELLED, finished_at=Now()):
        raise BuildOver("This build is over already: nothing is left to cancel.")
    FutureMember.objects.filter(build=build).delete()


def build_run(build_id: int) -> SegmentBuild | None:
    """Work on a build until it is done; None where another worker has it, or it was ended."""
    claim = _claim(build_id)
    if claim is None:
        return None
    try:
        build = SegmentBuild.objects.select_related("segment").get(pk=build_id)
        # Once for all, so that a rule that broke since fails even where there is nobody to find.
        segment_contacts(build.segment, now=build.as_of)
        _find_all(claim, build)
        _swap(claim, build)
    except (_ClaimLost, SegmentBuild.DoesNotExist):
        return None
    except OperationalError:
        # The database went away, not the build: its claim runs out, and it is taken up again.
        raise
    except (CopyliftError, DatabaseError) as error:
        log.warning("segment_build_failed", build=build_id, exc_info=True)
        claim.rows.update(status=Status.FAILED, finished_at=Now(), error=str(error)[:2000])
        FutureMember.objects.filter(build_id=build_id).delete()
        return None
    return SegmentBuild.objects.get(pk=build_id)


def builds_sweep(*, now: datetime) -> int:
    """Move on what dead workers left and what nobody was told of; how many builds were moved."""
    FutureMember.objects.exclude(build__status__in=ACTIVE).delete()
    stale = SegmentBuild.objects.filter(status=Status.RUNNING, claimed_at__lte=now - LEASE)
    stale.filter(attempts__gte=MAX_ATTEMPTS).update(
        status=Status.FAILED,
        finished_at=now,
        error=f"Its worker died {MAX_ATTEMPTS} times. Build again; if it happens again, see the "
        "workers' log.",
    )
    stale.update(status=Status.QUEUED)
    waiting = SegmentBuild.objects.filter(status=Status.QUEUED, created_at__lte=now - UNHEARD)
    moved = list(waiting.values_list("pk", flat=True))
    for build_id in moved:
        wake(RUN_TASK, build_id=build_id)
    return len(moved)


def builds_thin(*, now: datetime) -> int:
    """Of builds older than a week keep the last one of each day; how many went."""
    later_that_day = SegmentBuild.objects.filter(
        segment=OuterRef("segment"),
        finished_at__date=OuterRef("finished_at__date"),
        finished_at__gt=OuterRef("finished_at"),
    )
    old = SegmentBuild.objects.filter(finished_at__lt=now - KEPT_WHOLE)
    gone, _ = old.filter(Exists(later_that_day)).delete()
    return gone


@dataclass(frozen=True, slots=True)
class _Claim:
    build_id: int
    attempt: int

    @property
    def rows(self) -> QuerySet[SegmentBuild]:
        """The build, while it is this worker's."""
        return SegmentBuild.objects.filter(
            pk=self.build_id, status=Status.RUNNING, attempts=self.attempt
        )

    def keep(self, **changes: object) -> None:
        """Change the build and show a sign of life, or find that it is somebody else's now."""
        if not self.rows.update(claimed_at=Now(), **changes):
            raise _ClaimLost


def _claim(build_id: int) -> _Claim | None:
    free = SegmentBuild.objects.filter(pk=build_id, status=Status.QUEUED)
    with transaction.atomic():
        if not free.update(status=Status.RUNNING, claimed_at=Now(), attempts=F("attempts") + 1):
            return None
        build = SegmentBuild.objects.get(pk=build_id)
    return _Claim(build_id, build.attempts)


def _find_all(claim: _Claim, build: SegmentBuild) -> None:
    claim.keep(total=Contact.objects.count())
    reached = build.reached_id
    while chunk := _next_chunk(reached):
        begun = time.monotonic()
        with transaction.atomic():
            _find(build, after=reached, up_to=chunk.last_id)
            claim.keep(
                reached_id=chunk.last_id,
                done=F("done") + chunk.contacts,
                seconds=F("seconds") + time.monotonic() - begun,
            )
        reached = chunk.last_id


@dataclass(frozen=True, slots=True)
class _Chunk:
    last_id: int
    contacts: int


def _next_chunk(after: int) -> _Chunk | None:
    following = Contact.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    last = following[CONTACTS_PER_CHUNK - 1 : CONTACTS_PER_CHUNK].first()
    if last is not None:
        return _Chunk(last, CONTACTS_PER_CHUNK)
    rest = list(following[:CONTACTS_PER_CHUNK])
    return _Chunk(rest[-1], len(rest)) if rest else None


def _find(build: SegmentBuild, *, after: int, up_to: int) -> None:
    wanted = segment_contacts(build.segment, now=build.as_of).filter(pk__gt=after, pk__lte=up_to)
    members, parameters = wanted.values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(members=members), [build.pk, *parameters])


@transaction.atomic
def _swap(claim: _Claim, build: SegmentBuild) -> None:
    begun = time.monotonic()
    segment = Segment.objects.select_for_update(no_key=True).get(pk=build.segment_id)
    with connection.cursor() as cursor:
        cursor.execute(_SWAP, {"segment": segment.pk, "build": build.pk})
        joined, left = cursor.fetchone()
    reach = reach_of(segment_members(segment).order_by())
    Segment.objects.filter(pk=segment.pk).update(size=reach.total, built_at=build.as_of)
    FutureMember.objects.filter(build=build).delete()
    claim.keep(
        status=Status.DONE,
        finished_at=Now(),
        size=reach.total,
        sendable=reach.sendable,
        joined=joined,
        left=left,
        seconds=F("seconds") + time.monotonic() - begun,
    )
