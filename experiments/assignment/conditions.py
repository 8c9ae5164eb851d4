"""Targeting conditions, as far as GrowthBook's experiments use them to bucket.

A condition is an object: attribute path -> value, or -> operators; `$and`, `$or`, `$nor` and `$not`
join conditions. An operator outside `OPERATORS` is an error with a name, never a guess.

Source: GrowthBook, "Build your own SDK" (evalCondition).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Attributes = Mapping[str, Any]
Groups = Mapping[str, Sequence[Any]]


class ConditionUnknown(ValueError):
    """A condition uses an operator that is not supported."""


def meets_condition(
    attributes: Attributes, condition: Mapping[str, Any], groups: Groups | None = None
) -> bool:
    """Whether the attributes meet every part of the condition.

    Args:
        attributes: Of the user; a path such as `company.size` reaches into them.
        condition: What they must meet; an empty one is met.
        groups: Saved groups by id, for `$inGroup` and `$notInGroup`.

    Raises:
        ConditionUnknown: An operator is not supported.

    >>> meets_condition({"country": "NL"}, {"country": {"$in": ["NL", "BE"]}})
    True
    """
    return all(
        _meets_part(attributes, key, wanted, groups or {}) for key, wanted in condition.items()
    )


def _meets_part(attributes: Attributes, key: str, wanted: Any, groups: Groups) -> bool:
    if key == "$not":
        return not meets_condition(attributes, wanted, groups)
    if key in ("$or", "$nor"):
        met = not wanted or any(meets_condition(attributes, part, groups) for part in wanted)
        return met if key == "$or" else not met
    if key == "$and":
        return all(meets_condition(attributes, part, groups) for part in wanted)
    return _meets_value(_at_path(attributes, key), wanted, groups)


def _at_path(attributes: Attributes, path: str) -> Any:
    found: Any = attributes
    for segment in path.split("."):
        found = found.get(segment) if isinstance(found, Mapping) else None
    return found


def _meets_value(value: Any, wanted: Any, groups: Groups) -> bool:
    if not (isinstance(wanted, Mapping) and wanted and all(key[:1] == "$" for key in wanted)):
        return _is_equal(value, wanted)
    return all(_operator(name)(value, operand, groups) for name, operand in wanted.items())


def _is_equal(value: Any, wanted: Any) -> bool:
    # In JSON true is no number, though in Python it equals 1.
    return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)


def _is_in(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, list):
        return False
    values = value if isinstance(value, list) else [value]
    return any(_is_equal(one, other) for one in values for other in wanted)


def _operator(name: str) -> Callable[[Any, Any, Groups], bool]:
    if name not in OPERATORS:
        raise ConditionUnknown(f"the operator {name} is not supported")
    return OPERATORS[name]


OPERATORS: Mapping[str, Callable[[Any, Any, Groups], bool]] = {
    "$eq": lambda value, wanted, _: _is_equal(value, wanted),
    "$ne": lambda value, wanted, _: not _is_equal(value, wanted),
    "$in": lambda value, wanted, _: _is_in(value, wanted),
    "$nin": lambda value, wanted, _: isinstance(wanted, list) and not _is_in(value, wanted),
    "$inGroup": lambda value, wanted, groups: _is_in(value, groups.get(wanted)),
    "$notInGroup": lambda value, wanted, groups: not _is_in(value, groups.get(wanted)),
    "$exists": lambda value, wanted, _: (value is not None) == bool(wanted),
    "$not": lambda value, wanted, groups: not _meets_value(value, wanted, groups),
}
