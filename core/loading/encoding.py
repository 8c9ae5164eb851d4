"""A batch of rows as the text PostgreSQL's COPY reads, and the rows that cannot go there."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress

from core.loading.batches import Batch, content_of
from core.loading.importers import Importer
from core.loading.kinds import NULL
from core.loading.mapping import ColumnPlan
from core.loading.refusals import Refusal


@dataclass(frozen=True)
class EncodedBatch:
    """`rows` are COPY lines of `columns`; each refused row is in `refusals` once."""

    columns: tuple[str, ...]
    rows: Sequence[str]
    lines: Sequence[int]
    refusals: tuple[Refusal, ...]


def encode_batch(batch: Batch, plan: ColumnPlan, importer: Importer) -> EncodedBatch:
    refused: dict[int, Refusal] = {}

    def refuse(field: str, position: int, reason: str) -> None:
        if position not in refused:
            refused[position] = Refusal(batch.lines[position], field, reason, batch.row(position))

    encoded = {"line": list(map(str, batch.lines))}
    for field in importer.fields:
        if field.name in plan.column_of:
            values = batch.column(plan.column_of[field.name])
            encoded[field.name] = field.kind.encode(values, partial(refuse, field.name))
        if field.required:
            _refuse_missing(encoded.get(field.name), len(batch.lines), partial(refuse, field.name))
    if importer.extras is not None and plan.unclaimed:
        encoded["extras"] = batch.objects(plan.unclaimed, partial(refuse, importer.extras))
    if importer.key_from_content:
        encoded[importer.key] = _keys(batch, encoded.get(importer.key))
    return _without(refused, encoded, batch)


def _refuse_missing(values: Sequence[str] | None, count: int, refuse: partial[None]) -> None:
    if values is None:
        values = [NULL] * count
    if NULL in values:
        for position, value in enumerate(values):
            if value == NULL:
                refuse(position, "is missing")


def _keys(batch: Batch, given: Sequence[str] | None) -> list[str]:
    if given is not None and NULL not in given:
        return list(given)
    hashed = [f"sha256:{hashlib.sha256(content).hexdigest()}" for content in content_of(batch)]
    if given is None:
        return hashed
    return [key if key != NULL else own for key, own in zip(given, hashed, strict=True)]


def _without(
    refused: dict[int, Refusal], encoded: dict[str, list[str]], batch: Batch
) -> EncodedBatch:
    rows = list(map("\t".join, zip(*encoded.values(), strict=True)))
    lines = batch.lines
    if refused:
        kept = [position not in refused for position in range(len(rows))]
        rows, lines = list(compress(rows, kept)), list(compress(lines, kept))
    refusals = sorted([*batch.refused, *refused.values()], key=lambda refusal: refusal.line)
    return EncodedBatch(tuple(encoded), rows, lines, tuple(refusals))
