"""Which column of a file fills which field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import InputRefused
from core.loading.importers import Importer

_BETWEEN_WORDS = re.compile(r"[\s\-]+")


@dataclass(frozen=True)
class ColumnPlan:
    """The column of each field that has one, and the columns that have no field."""

    column_of: Mapping[str, str]
    unclaimed: tuple[str, ...]


def parse_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """`["Customer ID=external_id"]` as `{"external_id": "Customer ID"}`."""
    column_of: dict[str, str] = {}
    for pair in pairs:
        column, sign, field = pair.rpartition("=")
        if not (sign and column and field):
            raise InputRefused(f"--map {pair!r}: write it as COLUMN=FIELD", field="map")
        if field in column_of:
            both = f"{column_of[field]!r} and from {column!r}"
            raise InputRefused(f"--map: {field} is filled from {both}; choose one", field="map")
        column_of[field] = column
    return column_of


def check_mapping(
    mapping: Mapping[str, str], importer: Importer, columns: Sequence[str]
) -> ColumnPlan:
    """The plan for a file with these columns; an unknown name or a missing one is said by name."""
    for field, column in mapping.items():
        if field not in importer.field_names:
            raise InputRefused(
                f"--map: {importer.noun} have no field {field!r}; "
                f"the fields are {', '.join(importer.field_names)}",
                field="map",
            )
        if column not in columns:
            raise InputRefused(
                f"--map: the file has no column {column!r}; its columns are {_listed(columns)}",
                field="map",
            )
    plan = plan_columns(mapping, importer, columns)
    for each in importer.fields:
        if each.required and each.name not in plan.column_of:
            raise InputRefused(
                f"no column for {each.name}: name it with --map COLUMN={each.name}; "
                f"the file's columns are {_listed(columns)}",
                field=each.name,
            )
    return plan


def plan_columns(
    mapping: Mapping[str, str], importer: Importer, columns: Sequence[str]
) -> ColumnPlan:
    """What `mapping` says, then columns of a field's own name, then of its other names."""
    column_of = {field: column for field, column in mapping.items() if column in columns}
    by_name = {_plain(column): column for column in reversed(columns)}
    own_names = [(each.name, each.name) for each in importer.fields]
    other_names = [(each.name, alias) for each in importer.fields for alias in each.aliases]
    for field, name in (*own_names, *other_names):
        column = by_name.get(_plain(name))
        if field not in column_of and column and column not in column_of.values():
            column_of[field] = column
    claimed = set(column_of.values())
    return ColumnPlan(
        column_of, tuple(column for column in columns if column not in claimed and column.strip())
    )


def _plain(name: str) -> str:
    """One spelling for "First Name", "first-name", "firstName" and "first_name"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return _BETWEEN_WORDS.sub("_", words).lower()


def _listed(columns: Sequence[str]) -> str:
    listed = ", ".join(columns[:60])
    return f"{listed}, …" if len(columns) > 60 else listed
