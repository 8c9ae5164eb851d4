"""The import of a file: read, staged, put in place, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from core.errors import InputRefused
from core.loading.batches import Batch
from core.loading.encoding import encode_batch
from core.loading.importers import Importer
from core.loading.mapping import ColumnPlan, check_mapping, plan_columns
from core.loading.readers import Reader, open_rows
from core.loading.refusals import Reason, Refusal, RejectsFile
from core.loading.staging import Staging
from core.webhooks.services import webhook_publish

Progress = Callable[[int], None]
FINISHED = "import.finished"
COUNTS = ("read", "inserted", "updated", "unchanged", "repeated", "rejected", "gone")

# A file of everything that leaves out more than this share of what is there, and this many.
MOST = 0.5
MANY = 20


class RowRefused(InputRefused):
    """A strict import met a row it cannot use; nothing was changed."""


@dataclass(frozen=True)
class Summary:
    """What became of a file's rows: every row read is in exactly one of the counts below it.

    `gone` counts stored rows that a file of everything did not name; None where the file was not
    taken for one, or holds a row of which not even the key can be read. `reasons` are the commonest
    ones for which rows were rejected.
    """

    read: int
    inserted: int
    updated: int
    unchanged: int
    repeated: int
    rejected: int
    rejects_path: Path | None
    made: Mapping[str, int] = field(default_factory=dict)
    ignored_columns: tuple[str, ...] = ()
    gone: int | None = None
    reasons: tuple[Reason, ...] = ()


def rows_load(
    importer: Importer,
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    rejects_path: Path | None = None,
    is_strict: bool = False,
    is_full: bool = False,
    may_lose_most: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Import a file; `progress` is told how many bytes have been read.

    With `is_full` the file holds everything there is, and rows it does not name are gone. More than
    half at once is taken for a file that was cut short, and refused, unless `may_lose_most`.

    Raises InputRefused where the file or the mapping cannot be used, RowRefused where `is_strict`
    and a row cannot; then nothing has changed.
    """
    rejects = RejectsFile(rejects_path or path.with_name(f"{path.name}.rejects.jsonl"))
    if rejects.path.resolve() == path.resolve():
        raise InputRefused("the rejects file cannot be the file itself", field="rejects")
    load = _Load(importer, dict(mapping or {}), rejects, is_strict=is_strict, is_full=is_full)
    load.may_lose_most = may_lose_most
    try:
        with open_rows(path) as reader, transaction.atomic():
            summary = load.run(reader, progress or (lambda _: None))
            _tell(importer, path, summary)
        rejects.keep()
    except BaseException:
        # Nothing was loaded, by an interrupt either, so no rejects file may say that something was.
        rejects.discard()
        raise
    return summary


def _tell(importer: Importer, path: Path, summary: Summary) -> None:
    counts = {name: getattr(summary, name) for name in COUNTS}
    content = {"noun": importer.noun, "file": path.name, **counts}
    webhook_publish(FINISHED, content, now=timezone.now())


class _Load:
    def __init__(
        self,
        importer: Importer,
        mapping: dict[str, str],
        rejects: RejectsFile,
        *,
        is_strict: bool,
        is_full: bool,
    ) -> None:
        self._importer, self._mapping, self._rejects = importer, mapping, rejects
        self._is_strict, self._is_full = is_strict, is_full
        self._staging = Staging(importer)
        self._read = 0
        self._unclaimed: dict[str, None] = {}
        self._spared: set[str] = set()
        self.may_lose_most = False

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
        if self._importer.derive is not None:
            batch = self._importer.derive(batch, plan.column_of)
            plan = plan_columns(self._mapping, self._importer, batch.columns)
        encoded = encode_batch(batch, plan, self._importer)
        self._spare(encoded.refusals, plan)
        self._refuse(encoded.refusals)
        self._refuse(self._staging.copy(encoded))

    def _spare(self, refusals: Sequence[Refusal], plan: ColumnPlan) -> None:
        """A row that cannot be used is there all the same: what it is about is not gone."""
        for refusal in refusals if self._is_full else ():
            row = refusal.row if isinstance(refusal.row, Mapping) else {}
            key = row.get(plan.column_of.get(self._importer.key, ""))
            if key is None or isinstance(key, dict | list):
                self._is_full = False
                return
            self._spared.add(str(key).strip())

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
        gone = self._mark_gone() if self._is_full else None
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
            gone=gone,
            reasons=self._rejects.reasons(),
        )

    def _mark_gone(self) -> int:
        there = self._staging.count_there()
        gone = self._staging.mark_gone(sorted(self._spared))
        if gone > MANY and gone > there * MOST and not self.may_lose_most:
            raise InputRefused(
                f"the file leaves out {gone:,} of {there:,} {self._importer.noun}: if it is whole, "
                "import it with --many-gone; nothing was changed",
                field="file",
            )
        return gone

    def _refuse(self, refusals: Iterable[Refusal]) -> None:
        for refusal in refusals:
            if self._is_strict:
                raise RowRefused(f"{refusal}; nothing was changed", field=refusal.field)
            self._rejects.add(refusal)
