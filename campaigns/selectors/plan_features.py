"""What was known of contacts at a moment: features, protected attributes, and what they paid later.

Everything a model is told was so before the moment: events and texts are counted up to it, and
attributes, which have no history, are used only where a person says that they were known before.
Profiles are as of now, and so are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
from django.db import connection
from numpy.typing import NDArray

from audience.models import Contact, Text
from campaigns.strategy import UNKNOWN, Attribute, Feature
from events.models import Event

MOST_DAYS = 730
MOST_VALUES = 8
AGE_BANDS = (
    (25, "24 or younger"),
    (35, "25 to 34"),
    (45, "35 to 44"),
    (55, "45 to 54"),
    (65, "55 to 64"),
)
OLDEST = "65 and over"
CHUNK = 50_000

SPENT = Feature(name="spent in the last year", decimals=2)
BEHAVIOUR = (
    Feature(name="orders in the last 30 days", is_count=True),
    Feature(name="orders in the last year", is_count=True),
    SPENT,
    Feature(name="days since the last order"),
    Feature(name="things done in the last 30 days", is_count=True),
    Feature(name="days since they did anything"),
    Feature(name="texts written", is_count=True),
    Feature(name="stars given on average", decimals=1),
)

# The moments are in a table of their own, so that one statement serves experiments and plans.
FEATURES = f"""
SELECT c.id, c.external_id, c.attributes,
    coalesce(e.orders_30, 0), coalesce(e.orders_365, 0), coalesce(e.spent_365, 0)::float8,
    coalesce(e.order_age, %(most_days)s)::float8, coalesce(e.done_30, 0),
    coalesce(e.age, %(most_days)s)::float8, coalesce(t.texts, 0), coalesce(t.stars, 3)::float8
FROM plan_moments m JOIN {Contact._meta.db_table} c ON c.id = m.contact_id
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE is_goal AND days <= 30) AS orders_30,
        count(*) FILTER (WHERE is_goal AND days <= 365) AS orders_365,
        sum(value) FILTER (WHERE is_goal AND days <= 365) AS spent_365,
        min(days) FILTER (WHERE is_goal) AS order_age,
        count(*) FILTER (WHERE days <= 30) AS done_30, min(days) AS age
    FROM (
        SELECT v.value, v.name = %(goal)s AS is_goal,
            extract(epoch FROM m.at - v.occurred_at) / 86400 AS days
        FROM {Event._meta.db_table} v
        WHERE v.unit_id = c.external_id AND v.kind = 'track' AND v.occurred_at < m.at
            AND v.occurred_at >= m.at - make_interval(days => %(most_days)s)
            AND cardinality(v.bot_reasons) = 0
    ) seen
) e ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS texts, avg(x.rating) AS stars FROM {Text._meta.db_table} x
    WHERE x.contact_id = c.id AND x.occurred_at < m.at AND x.status <> 'dropped'
) t ON true
ORDER BY m.place
"""  # noqa: S608 (table names, no values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Contacts as they were at their moments, in the order asked.

    Attributes:
        contact_ids: Of their rows, shape (contacts,).
        unit_ids: Their external ids.
        behaviour: Shape (contacts, BEHAVIOUR).
        attributes: What the shop knows of each.
    """

    contact_ids: NDArray[np.int64]
    unit_ids: tuple[str, ...]
    behaviour: NDArray[np.float64]
    attributes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How attributes become columns; made once, so that experiments and plan have the same.

    Attributes:
        numbers: Attributes that are numbers, with the value that stands for a missing one.
        values: The values of the others that get a column each.
        currency: Of what people spent, where it is known.
    """

    numbers: Mapping[str, float]
    values: Mapping[str, tuple[str, ...]]
    currency: str = ""

    @property
    def names(self) -> tuple[Feature, ...]:
        return (
            *(replace(one, unit=self.currency) if one is SPENT else one for one in BEHAVIOUR),
            *(Feature(name=name, decimals=1) for name in self.numbers),
            *(
                Feature(name=f"{name} is {value}", is_yes_no=True)
                for name, values in self.values.items()
                for value in values
            ),
        )

    def table(self, known: Known) -> NDArray[np.float64]:
        """Shape (contacts, names)."""
        columns = [known.behaviour]
        for name, usual in self.numbers.items():
            read = [_number(each.get(name)) for each in known.attributes]
            columns.append(np.array([usual if value is None else value for value in read])[:, None])
        for name, values in self.values.items():
            said = np.array([str(each.get(name, "")) for each in known.attributes], dtype=object)
            columns += [(said == value).astype(float)[:, None] for value in values]
        return np.hstack(columns)


def known_at(moments: str, asked: Mapping[str, Any] | Sequence[Any], *, goal: str) -> Known:
    """What was known of contacts at their moments.

    Args:
        moments: A query of (contact_id, at, place): whom to ask about, as of when, in which order.
        asked: Its parameters.
        goal: The event that counts as an order.
    """
    rows: list[tuple[Any, ...]] = []
    numbers: list[NDArray[np.float64]] = []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS plan_moments")
        cursor.execute(f"CREATE TEMPORARY TABLE plan_moments AS {moments}", asked)
        cursor.execute("ANALYZE plan_moments")
        cursor.execute(FEATURES, {"goal": goal, "most_days": MOST_DAYS})
        while chunk := cursor.fetchmany(CHUNK):
            rows += [row[:3] for row in chunk]
            numbers.append(np.array([row[3:] for row in chunk], dtype=np.float64))
        cursor.execute("DROP TABLE plan_moments")
    return Known(
        contact_ids=np.array([row[0] for row in rows], dtype=np.int64),
        unit_ids=tuple(row[1] for row in rows),
        behaviour=np.vstack(numbers) if numbers else np.empty((0, len(BEHAVIOUR))),
        attributes=tuple(_attributes(row[2]) for row in rows),
    )


def encoding_for(known: Known, names: Sequence[str], *, currency: str = "") -> Encoding:
    """Columns for attributes: a number where most of the values are, else one for each value."""
    numbers: dict[str, float] = {}
    values: dict[str, tuple[str, ...]] = {}
    for name in names:
        said = [each[name] for each in known.attributes if each.get(name) not in (None, "")]
        read = [value for value in map(_number, said) if value is not None]
        if said and len(read) > len(said) / 2:
            numbers[name] = float(np.median(read))
        elif said:
            kinds, counts = np.unique([str(value) for value in said], return_counts=True)
            order = np.argsort(-counts, kind="stable")[:MOST_VALUES]
            values[name] = tuple(str(kind) for kind in kinds[order])
    return Encoding(numbers=numbers, values=values, currency=currency)


def protected_of(known: Known, names: Sequence[str]) -> tuple[Attribute, ...]:
    """Protected attributes of which anything is known, ages in bands."""
    found = []
    for name in names:
        labels = [_label(name, each.get(name)) for each in known.attributes]
        if any(label != UNKNOWN for label in labels):
            found.append(Attribute.of(name, labels))
    return tuple(found)


def _label(name: str, value: Any) -> str:
    if value in (None, ""):
        return UNKNOWN
    age = _number(value) if name == "age" else None
    if age is None:
        return str(value)
    return next((band for below, band in AGE_BANDS if age < below), OLDEST)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        read = float(value)
    except (TypeError, ValueError):
        return None
    return read if np.isfinite(read) else None


def _attributes(value: Any) -> Mapping[str, Any]:
    return orjson.loads(value) if isinstance(value, str | bytes) else value
