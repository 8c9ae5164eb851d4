"""JSON becomes nodes, or is refused with the place and the cure. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from audience.rules.forms import FORMS, Form
from audience.rules.kinds import only, refused, under
from audience.rules.nodes import AllOf, AnyOf, Not, Rule

MAX_DEPTH = 8
MAX_RULES = 200
GROUPS = ("all", "any", "not")
_FORMS: Mapping[str, Form] = {form.key: form for form in FORMS}
_KINDS = (*GROUPS, *_FORMS)


def parse_rule(rule: object) -> Rule:
    """A rule that may be compiled.

    Raises:
        InputRefused: It is none; `field` is the place, e.g. `all[1].attribute`.

    >>> parse_rule({"not": {"interest": "Petite fits"}})
    Not(rule=Interest(phrase='petite fit'))
    >>> parse_rule({"all": [{"everyone": True}, {"attribute": ""}]})
    Traceback (most recent call last):
    core.errors.InputRefused: all[1].attribute must be a text of 1 to 200 characters
    """
    return _Parser().parse(rule, place="", depth=1)


def leaves(rule: Any, *, place: str = "") -> Iterator[tuple[str, Any]]:
    """The rules that join no others, each with where it stands in JSON that was parsed before.

    >>> list(leaves({"any": [{"everyone": True}, {"not": {"segment": "loyal"}}]}))
    [('any[0]', {'everyone': True}), ('any[1].not', {'segment': 'loyal'})]
    """
    group = next((one for one in GROUPS if one in rule), None)
    if group is None:
        yield place, rule
    elif group == "not":
        yield from leaves(rule["not"], place=under(place, "not"))
    else:
        for position, one in enumerate(rule[group]):
            yield from leaves(one, place=f"{under(place, group)}[{position}]")


def places(rule: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Where a kind of rule stands in JSON that was parsed before, with what it says there.

    >>> list(places({"any": [{"everyone": True}, {"not": {"segment": "loyal"}}]}, "segment"))
    [('any[1].not.segment', 'loyal')]
    """
    for place, leaf in leaves(rule):
        if key in leaf:
            yield under(place, key), leaf[key]


class _Parser:
    """One pass over one rule; counts what it met, so that no rule costs more than its share."""

    def __init__(self) -> None:
        self._met = 0

    def parse(self, rule: object, *, place: str, depth: int) -> Rule:
        self._met += 1
        if self._met > MAX_RULES:
            raise refused(place, f"is rule number {MAX_RULES + 1}: {MAX_RULES} are allowed")
        if depth > MAX_DEPTH:
            raise refused(place, f"lies deeper than {MAX_DEPTH} levels")
        if not isinstance(rule, dict):
            raise refused(place, 'must be an object, e.g. {"interest": "petite fit"}')
        kind = _kind(rule, place)
        if kind in _FORMS:
            return _leaf(_FORMS[kind], rule, place)
        only(rule, [kind], place)
        return self._group(kind, rule[kind], place=under(place, kind), depth=depth + 1)

    def _group(self, kind: str, inner: object, *, place: str, depth: int) -> Rule:
        if kind == "not":
            return Not(self.parse(inner, place=place, depth=depth))
        if not isinstance(inner, list) or not inner:
            raise refused(place, "must be a list of at least one rule")
        rules = tuple(
            self.parse(one, place=f"{place}[{position}]", depth=depth)
            for position, one in enumerate(inner)
        )
        return AllOf(rules) if kind == "all" else AnyOf(rules)


def _kind(rule: Mapping[str, object], place: str) -> str:
    kinds = [kind for kind in _KINDS if kind in rule]
    if len(kinds) != 1:
        raise refused(place, f"must have exactly one of {', '.join(_KINDS)}")
    return kinds[0]


def _leaf(form: Form, rule: Mapping[str, object], place: str) -> Rule:
    only(rule, form.keys, place)
    made = {
        key: kind.parse(rule[key], under(place, key))
        for key, kind in form.keys.items()
        if key in rule
    }
    if form.one_of and not made.keys() & set(form.one_of):
        raise refused(place, f"must compare the {form.key}: {', '.join(form.one_of)}")
    both = [key for key in form.never_both if key in made]
    if len(both) > 1:
        raise refused(under(place, both[1]), f"cannot stand beside {both[0]}: leave one out")
    return form.make(made)
