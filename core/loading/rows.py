"""The import of a file: read, staged, put in place, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from core.errors import InputRefused
from core.loading.batches import Batch
from core.loading.encoding import encode_batch
from core.loading.importers import Importer
from core.loading.mapping import ColumnPlan, check_mapping, plan_columns
from core.loading.readers import Reader, open_rows
from core.loading.refusals import Refusal, RejectsFile
from core.loading.staging import Staging

Progress = Callable[[int], None]


class RowRefused(InputRefused):
    """A strict import met a row it cannot use; nothing was changed."""


@dataclass(frozen=True)
class Summary:
    """What became of a file's rows: every row read is in exactly one of the counts below it."""

    read: int
    inserted: int
    updated: int
    unchanged: int
    repeated: int
    rejected: int
    rejects_path: Path | None
    made: Mapping[str, int] = field(default_factory=dict)
    ignored_columns: tuple[str, ...] = ()


def rows_load(
    importer: Importer,
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    rejects_path: Path | None = None,
    is_strict: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Import a file; `progress` is told how many bytes have been read.

    Raises InputRefused where the file or the mapping cannot be used, RowRefused where `is_strict`
    and a row cannot; then nothing has changed.
    """
    rejects = RejectsFile(rejects_path or path.with_name(f"{path.name}.rejects.jsonl"))
    if rejects.path.resolve() == path.resolve():
        raise InputRefused("the rejects file cannot be the file itself", field="rejects")
    load = _Load(importer, dict(mapping or {}), rejects, is_strict=is_strict)
    try:
        with open_rows(path) as reader, transaction.atomic():
            summary = load.run(reader, progress or (lambda _: None))
        rejects.keep()
    except BaseException:
        # Nothing was loaded, by an interrupt either, so no rejects file may say that something was.
        rejects.discard()
        raise
    return summary


class _Load:
    def __init__(
        self, importer: Importer, mapping: dict[str, str], rejects: RejectsFile, *, is_strict: bool
    ) -> None:
        self._importer, self._mapping, self._rejects = importer, mapping, rejects
        self._is_strict = is_strict
        self._staging = Staging(importer)
        self._read = 0
        self._unclaimed: dict[str, None] = {}

    def run(self, reader: Reader, progress: Progress) -> Summary:
        plan = check_mapping(self._mapping, self._importer, reader.columns)
        self._staging.create()
        for batch in reader.batches():
            if batch.columns != reader.columns:
                plan = plan_columns(self._mapping, self._importer, batch.columns)
            self._stage(batch, plan)
            progress(reader.position())
        summary = self._settle()
        self._staging.drop()
        return summary

    def _stage(self, batch: Batch, plan: ColumnPlan) -> None:
        self._read += len(batch.lines) + len(batch.refused)
        self._unclaimed |= dict.fromkeys(plan.unclaimed)
        encoded = encode_batch(batch, plan, self._importer)
        self._refuse(encoded.refusals)
        self._refuse(self._staging.copy(encoded))

    def _settle(self) -> Summary:
        repeated = self._staging.drop_repeats()
        made = {}
        for reference in self._importer.references:
            if reference.made_with is not None:
                made[reference.table] = self._staging.make_missing(reference)
            else:
                # Closed here and now, as its cursor lives no longer than the transaction.
                with closing(self._staging.drop_dangling(reference)) as dangling:
                    self._refuse(dangling)
        merged = self._staging.merge()
        return Summary(
            read=self._read,
            inserted=merged.inserted,
            updated=merged.updated,
            unchanged=merged.unchanged,
            repeated=repeated,
            rejected=self._rejects.count,
            rejects_path=self._rejects.path if self._rejects.count else None,
            made=made,
            ignored_columns=tuple(self._unclaimed) if self._importer.extras is None else (),
        )

    def _refuse(self, refusals: Iterable[Refusal]) -> None:
        for refusal in refusals:
            if self._is_strict:
                raise RowRefused(f"{refusal}; nothing was changed", field=refusal.field)
            self._rejects.add(refusal)
