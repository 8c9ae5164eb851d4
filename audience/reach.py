"""Who of some contacts may be written to, and why the others may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg2.errors import QueryCanceled

from audience.models import Contact
from core.errors import ServiceUnavailable
from privacy.models import Suppression
from privacy.selectors import is_consent_required

EMAIL = Suppression.Channel.EMAIL.value


# Joined, not asked person by person: of a million people the answers are wanted all at once.
_REACH = """
    SELECT count(*),
        count(*) FILTER (WHERE kept_out.subject_id IS NOT NULL),
        count(*) FILTER (
            WHERE kept_out.subject_id IS NULL AND NOT COALESCE(said.is_given, %s)
        ),
        count(*) FILTER (
            WHERE kept_out.subject_id IS NULL AND COALESCE(said.is_given, %s)
                AND %s AND person.email = ''
        )
    FROM ({people}) person
    LEFT JOIN (
        SELECT DISTINCT subject_id FROM privacy_suppression WHERE channel IN ('all', %s)
    ) kept_out ON kept_out.subject_id = person.subject_id
    LEFT JOIN privacy_consent said
        ON said.subject_id = person.subject_id AND said.purpose = %s
"""


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
    chosen = contacts.order_by().values("subject_id", "email")
    people, parameters = chosen.query.sql_with_params()
    silence = not is_consent_required(channel)
    asked = [silence, silence, channel == EMAIL, *parameters, channel, channel]
    with connection.cursor() as cursor:
        cursor.execute(_REACH.format(people=people), asked)
        return Reach(*cursor.fetchone())


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
