"""Answers of imported files, noted in the consent ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import connection

from audience.consent_columns import PREFIX, Answer
from audience.models import Contact
from privacy.models import Consent, ConsentPurpose
from privacy.services import Statement, consents_record

ANSWERS_PER_BATCH = 5_000
_CLEAR = """
    UPDATE audience_contact SET attributes = attributes - %s::text[] WHERE attributes ?| %s::text[]
"""


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of a file's answers: every one is in exactly one of the counts."""

    noted: int = 0
    unchanged: int = 0
    unclear: int = 0
    unknown: int = 0

    def __add__(self, other: Noted) -> Noted:
        return Noted(
            self.noted + other.noted,
            self.unchanged + other.unchanged,
            self.unclear + other.unclear,
            self.unknown + other.unknown,
        )


def consents_import(
    answers: Iterable[Answer], *, source: str, now: datetime, recorded_by: str = "import"
) -> Noted:
    """Note answers in the ledger; one that says what it says already adds nothing.

    A cell that is neither yes nor no is no consent, and is counted.

    Raises:
        InputRefused: The source is empty or too long.
    """
    total = Noted()
    waiting = iter(answers)
    while batch := list(islice(waiting, ANSWERS_PER_BATCH)):
        total += _batch_import(batch, source=source, now=now, recorded_by=recorded_by)
    return total


def _batch_import(batch: list[Answer], *, source: str, now: datetime, recorded_by: str) -> Noted:
    ids = {one.external_id for one in batch}
    subjects = dict(
        Contact.objects.filter(external_id__in=ids).values_list("external_id", "subject_id")
    )
    present = {
        (subject, purpose): is_given
        for subject, purpose, is_given in Consent.objects.filter(
            subject_id__in=subjects.values()
        ).values_list("subject_id", "purpose", "is_given")
    }
    counts = Noted(
        unclear=sum(one.is_given is None for one in batch),
        unknown=sum(one.is_given is not None and one.external_id not in subjects for one in batch),
    )
    said = {
        (subjects[one.external_id], one.purpose): one.is_given
        for one in batch
        if one.is_given is not None and one.external_id in subjects
    }
    fresh = [
        Statement(subject, purpose, is_given, now, source)
        for (subject, purpose), is_given in said.items()
        if present.get((subject, purpose)) is not is_given
    ]
    consents_record(fresh, recorded_by=recorded_by)
    known = len(batch) - counts.unclear - counts.unknown
    return counts + Noted(noted=len(fresh), unchanged=known - len(fresh))


def consent_attributes_clear() -> int:
    """Take the answers out of contacts' attributes, where they would not change with the ledger."""
    keys = [PREFIX + purpose for purpose in ConsentPurpose.values]
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR, [keys, keys])
        return int(cursor.rowcount)
