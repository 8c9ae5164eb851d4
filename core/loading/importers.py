"""What an importer is: its fields, the table its rows go to, and what repeats mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from core.loading.batches import Batch
from core.loading.kinds import Kind

# A batch, and the column that each field was to be filled from.
Derive = Callable[[Batch, Mapping[str, str]], Batch]


@dataclass(frozen=True)
class Field:
    """One field of an importer, under the name of the column it fills.

    `default` is the SQL a new row gets where the file says nothing; other names under which files
    usually carry the field are its `aliases`.
    """

    name: str
    kind: Kind
    description: str
    required: bool = False
    default: str = "NULL"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """A field that names a row of another table; `made_with` completes a missing one."""

    field: str
    table: str
    match: str
    column: str
    made_with: Mapping[str, str] | None
    cure: str


class Repeats(Enum):
    """A key seen again, in the file or in the table."""

    UPDATE = "the last row of the file wins and changes what is stored"
    KEEP = "the first row stays"


@dataclass(frozen=True)
class Ledger:
    """A table that holds each row's key once, where the rows' own table cannot: it is in parts.

    `key` is SQL over the staged row `s`, with `parameter` as its one parameter; `rest` is SQL for
    the ledger's other columns.
    """

    table: str
    column: str
    key: str
    parameter: object
    rest: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Importer:
    """A kind of row that can be imported.

    `extras` is the JSON field that takes the columns no field asks for; None ignores them.
    `key_from_content` gives a row without a key the SHA-256 of its content, so that the same file
    read twice is stored once. `computed` columns are SQL for new rows (the staged row is `s`), in
    place of a field's own value where they name one; `touched` is SQL for changed rows; `constants`
    are the same for every row and part of what makes it unique. `derive` reads a batch in another
    shop system's words. `gone` is what a row becomes that a file of everything no longer names:
    SQL by column; those that are so already count as gone before. With a `ledger`, a row goes in if
    its key is new there.
    """

    noun: str
    table: str
    fields: tuple[Field, ...]
    key: str
    repeats: Repeats
    extras: str | None = None
    key_from_content: bool = False
    constants: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    touched: Mapping[str, str] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    derive: Derive | None = None
    gone: Mapping[str, str] = field(default_factory=dict)
    ledger: Ledger | None = None

    @property
    def conflict_columns(self) -> tuple[str, ...]:
        return (*self.constants, self.key)

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.fields)
