"""The names that rules may ask for, as this shop's own people and events have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from django.db import connection

from audience.models import Cluster, Contact, Profile
from audience.rules import Scalar
from audience.selectors import latest_clustering
from events.selectors import known_event_names

# Read off so many people: what nearly nobody has is no suggestion.
SAMPLE = 5_000
MOST_NAMES = 200
# An attribute of more values than these is an id or a measure, not a choice.
MOST_VALUES = 30
# A value that fewer people have might say who they are.
LEAST_HOLDERS = 5

_KEYS = """
    SELECT key, count(*) FROM (SELECT {column} AS held FROM {table} LIMIT %s) read,
    LATERAL jsonb_object_keys(held) AS key GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s
"""
_PHRASES = f"""
    SELECT said->>'phrase', count(*)
    FROM (SELECT interests FROM {Profile._meta.db_table} LIMIT %s) read,
    LATERAL jsonb_array_elements(interests) AS said GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s
"""  # noqa: S608 (a table name, no value)
_VALUES = f"""
    SELECT key, value, count(*) FROM (
        SELECT attributes FROM {Contact._meta.db_table} LIMIT %s
    ) read, LATERAL jsonb_each(attributes)
    WHERE jsonb_typeof(value) IN ('string', 'number', 'boolean')
    GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""  # noqa: S608 (a table name, no value)


def attribute_names() -> list[str]:
    """Attributes that contacts have, commonest first."""
    return _names(_KEYS.format(column="attributes", table=Contact._meta.db_table))


@dataclass(frozen=True)
class Vocabulary:
    """Names by their kind, commonest first; each is read when it is first asked for."""

    @cached_property
    def attribute(self) -> Sequence[str]:
        return attribute_names()

    @cached_property
    def did(self) -> Sequence[str]:
        return known_event_names(limit=MOST_NAMES)

    @cached_property
    def interest(self) -> Sequence[str]:
        return _names(_PHRASES)

    @cached_property
    def category(self) -> Sequence[str]:
        return _of_profiles("categories")

    @cached_property
    def aspect(self) -> Sequence[str]:
        return _of_profiles("aspects")

    @cached_property
    def habit(self) -> Sequence[str]:
        return _of_profiles("habits")

    @cached_property
    def group(self) -> Mapping[int, str]:
        """The groups of the newest fit, largest first: their ids and names."""
        found = Cluster.objects.filter(clustering=latest_clustering(), identity__isnull=False)
        listed = found.order_by("-size").values_list("identity_id", "identity__name")
        return {int(pk): str(name) for pk, name in listed if pk is not None}

    @cached_property
    def values(self) -> Mapping[str, Sequence[Scalar]]:
        """What attributes of few values are, where those are not of single people."""
        held: dict[str, list[tuple[Scalar, int]]] = defaultdict(list)
        for name, value, people in _rows(_VALUES, [SAMPLE]):
            held[name].append((orjson.loads(value) if isinstance(value, str) else value, people))
        return {
            name: [value for value, people in found if people >= LEAST_HOLDERS]
            for name, found in held.items()
            if len(found) <= MOST_VALUES
        }


def _of_profiles(column: str) -> list[str]:
    return _names(_KEYS.format(column=column, table=Profile._meta.db_table))


def _names(query: str) -> list[str]:
    return [str(name) for name, _ in _rows(query, [SAMPLE, MOST_NAMES])]


def _rows(query: str, asked: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return list(cursor.fetchall())
