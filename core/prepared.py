"""Statements that each connection to the database plans once, however often they are asked.

Planning takes a sixth of the time of a search, and as long as the whole of a look at a few rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper

_VALUE = re.compile(r"%\((\w+)\)s")
# What each connection of the driver's has prepared.
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class Prepared:
    """SQL with `%(name)s` for its values.

    Name its columns: a plan of `*` fails once a migration has added one.

    Args:
        name: One in the house.
        sql: One statement.
        types: PostgreSQL's type of each value.
    """

    def __init__(self, name: str, sql: str, **types: str) -> None:
        self._name = name
        places = {value: f"${number}" for number, value in enumerate(types, 1)}
        text = _VALUE.sub(lambda found: places[found[1]], sql)
        self._prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {text}"
        self._execute = f"EXECUTE {name} ({', '.join(f'%({value})s' for value in types)})"
        self._plain = _VALUE.sub(lambda found: f"({found[0]}::{types[found[1]]})", sql)

    def run(self, cursor: CursorWrapper, values: Mapping[str, Any], *, after: str = "") -> None:
        """Ask; `after` is SQL without values that goes before it, in the same transaction."""
        # Who is told so stands behind a pooler that gives each transaction another connection.
        if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            cursor.execute(after + self._plain, values)
            return
        known = _prepared.setdefault(connection.connection, set())
        if self._name not in known:
            cursor.execute(self._prepare)
            known.add(self._name)
        cursor.execute(after + self._execute, values)
