"""Who of some contacts may be written to, and why the others may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from psycopg2.errors import QueryCanceled

from audience.models import Contact
from core.errors import ServiceUnavailable
from privacy.models import Suppression
from privacy.selectors import agreeing

EMAIL = Suppression.Channel.EMAIL.value


@dataclass(frozen=True, slots=True)
class Reach:
    """How many there are, and how many of them may be written to.

    Who may not is counted once, under the first reason that holds: suppressed, without consent,
    without an address.
    """

    total: int
    suppressed: int
    no_consent: int
    no_address: int

    @property
    def sendable(self) -> int:
        return self.total - self.suppressed - self.no_consent - self.no_address


def reach_of(contacts: QuerySet[Contact], *, channel: str = EMAIL) -> Reach:
    """Counted in one query. Addresses of other channels than email are kept by the tools alone."""
    entries = Suppression.objects.filter(
        subject_id=OuterRef("subject_id"), channel__in=[Suppression.Channel.ALL, channel]
    )
    suppressed, agrees = Q(Exists(entries)), agreeing(channel)
    reached = ~suppressed & agrees
    unknown = Q(email="") if channel == EMAIL else Q(pk__isnull=True)
    counted = contacts.aggregate(
        total=Count("pk"),
        suppressed=Count("pk", filter=suppressed),
        no_consent=Count("pk", filter=~suppressed & ~agrees),
        no_address=Count("pk", filter=reached & unknown),
    )
    return Reach(**counted)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Queries inside end after so long each.

    Raises:
        ServiceUnavailable: One had to be ended.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = %s", [int(seconds * 1000)])
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise ServiceUnavailable(
            f"This takes longer than {seconds:g} seconds to count; save the segment, and its "
            "build will say how many there are."
        ) from error
