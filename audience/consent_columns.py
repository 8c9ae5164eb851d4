"""What a file of contacts or texts says of consent: in columns `consent_<purpose>`, or for all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.loading.batches import Batch
from core.loading.importers import Importer
from core.loading.kinds import is_blank
from core.loading.mapping import plan_columns
from core.loading.readers import open_rows
from privacy.models import ConsentPurpose

PREFIX = "consent_"
YES = frozenset({"yes", "y", "true", "t", "1", "1.0"})
NO = frozenset({"no", "n", "false", "f", "0", "0.0"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a row says: whose, to what, and yes or no; None for a cell that is neither."""

    external_id: str
    purpose: str
    is_given: bool | None


def answers_in(
    path: Path,
    importer: Importer,
    mapping: Mapping[str, str],
    *,
    person: str,
    agreed: Collection[str] = (),
) -> Iterator[Answer]:
    """Every answer of a file, row by row.

    Args:
        path: The file, read as the importer reads it.
        importer: What its columns are.
        mapping: Its `--map`.
        person: The field that names the contact.
        agreed: Purposes everybody in the file agreed to; a column's own answer goes before.
    """
    with open_rows(path) as reader:
        for batch in reader.batches():
            column = plan_columns(mapping, importer, batch.columns).column_of.get(person)
            if column:
                yield from _of_batch(batch, column, agreed)


def consent_columns(columns: Collection[str]) -> dict[str, str]:
    """The columns that answer for a purpose, by purpose.

    >>> consent_columns(["id", "Consent Profiling", "consent_horoscope"])
    {'profiling': 'Consent Profiling'}
    """
    named = {re.sub(r"[\s-]+", "_", column.strip().lower()): column for column in columns}
    return {
        purpose: named[PREFIX + purpose]
        for purpose in ConsentPurpose.values
        if PREFIX + purpose in named
    }


def _of_batch(batch: Batch, column: str, agreed: Collection[str]) -> Iterator[Answer]:
    own = consent_columns(batch.columns)
    cells = {purpose: batch.column(name) for purpose, name in own.items()}
    for position, said in enumerate(batch.column(column)):
        if is_blank(said):
            continue
        external_id = str(said).strip()
        for purpose in ConsentPurpose.values:
            cell = cells[purpose][position] if purpose in cells else None
            if not is_blank(cell):
                yield Answer(external_id, purpose, _yes_or_no(cell))
            elif purpose in agreed:
                yield Answer(external_id, purpose, is_given=True)


def _yes_or_no(cell: object) -> bool | None:
    word = str(cell).strip().lower()
    return True if word in YES else False if word in NO else None
