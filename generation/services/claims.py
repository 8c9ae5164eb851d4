"""Claims: a worker holds a brief while it writes, and shows that it lives."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from generation.models import BriefRecord
from generation.selectors import OPEN


@transaction.atomic
def briefs_claim(job_id: int, *, worker: str, size: int) -> list[BriefRecord]:
    """Claim up to `size` briefs of an open job that nobody holds."""
    free = (
        BriefRecord.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(job_id=job_id, status=BriefRecord.Status.QUEUED, job__status__in=OPEN)
        .order_by("pk")[:size]
    )
    keys = [record.pk for record in free]
    BriefRecord.objects.filter(pk__in=keys).update(
        status=BriefRecord.Status.CLAIMED,
        claimed_by=worker,
        claimed_at=Now(),
        attempts=F("attempts") + 1,
    )
    return list(BriefRecord.objects.filter(pk__in=keys).select_related("job").order_by("pk"))


def briefs_release(records: Sequence[BriefRecord], *, worker: str) -> None:
    """Give back what this worker still holds of these."""
    _held(records, worker).update(status=BriefRecord.Status.QUEUED, claimed_by="")


def claims_renew(records: Sequence[BriefRecord], *, worker: str) -> bool:
    """Show a sign of life; false when this worker has lost one of them."""
    return _held(records, worker).update(claimed_at=Now()) == len(records)


class Heartbeat:
    """Renews claims from a thread: a generator may be silent for longer than a lease."""

    def __init__(self, records: Sequence[BriefRecord], *, worker: str) -> None:
        self._records, self._worker = records, worker
        self._done = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def is_lost(self) -> bool:
        """Whether the claims were taken over or the job was cancelled: writing on is of no use."""
        return self._lost.is_set()

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        interval = settings.JOB_LEASE_SECONDS / 3
        try:
            while not self._done.wait(interval) and not self._lost.is_set():
                if not claims_renew(self._records, worker=self._worker):
                    self._lost.set()
        finally:
            connection.close()


def _held(records: Sequence[BriefRecord], worker: str) -> QuerySet[BriefRecord]:
    return BriefRecord.objects.filter(
        pk__in=[record.pk for record in records],
        status=BriefRecord.Status.CLAIMED,
        claimed_by=worker,
    )
