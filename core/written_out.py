"""Queries that are written out, and instances of models: read from their rows, stored as rows.

Making a query of Django's takes a millisecond or two of processor time, each time: too long for
what every question of a visitor asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

M = TypeVar("M", bound=models.Model)
Convert = Callable[[Any], Any]


def columns(model: type[models.Model], alias: str) -> str:
    """All columns of a model, in the order in which `instance` takes them."""
    quote = connection.ops.quote_name
    return ", ".join(f"{alias}.{quote(str(field.column))}" for field in model._meta.concrete_fields)


def width(model: type[models.Model]) -> int:
    """How many they are."""
    return len(model._meta.concrete_fields)


def instance(model: type[M], values: Sequence[Any]) -> M:
    """A row of `columns`, as a queryset would give it."""
    names, converters = _plan(model)
    found = list(values)
    for place, convert in converters:
        found[place] = convert(found[place])
    return model.from_db(connection.alias, names, found)


@cache
def _plan(model: type[models.Model]) -> tuple[list[str], list[tuple[int, Convert]]]:
    """Names of the columns, and of some what makes a value of what the driver gives."""
    fields = model._meta.concrete_fields
    converters = [
        (place, _converter(field, how))
        for place, field in enumerate(fields)
        for how in field.get_db_converters(connection)
    ]
    return [field.attname for field in fields], converters


def _converter(field: models.Field[Any, Any], how: Callable[..., Any]) -> Convert:
    column = field.get_col(field.model._meta.db_table)
    return lambda value: how(value, column, connection)


def store(row: models.Model) -> None:
    """Insert a new row as `save` does, except that no signal tells of it."""
    fields = [field for field in row._meta.concrete_fields if _is_given(row, field)]
    for field in fields:
        field.pre_save(row, add=True)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    inserted = (
        f"INSERT INTO {quote(row._meta.db_table)} ({names}) VALUES ({places}) "  # noqa: S608 (names)
        f"RETURNING {quote(str(row._meta.pk.column))}"
    )
    with connection.cursor() as cursor:
        cursor.execute(inserted, values)
        [row.pk] = cursor.fetchone()
    row._state.adding = False
    row._state.db = connection.alias


def _is_given(row: models.Model, field: models.Field[Any, Any]) -> bool:
    """Whether a value stands in the row, rather than being the database's to give."""
    value = getattr(row, field.attname)
    return not isinstance(value, DatabaseDefault) and not (field.primary_key and value is None)
