"""The rule language of segments: JSON parsed into frozen nodes, or refused with the place. Pure.

{"all": [rule, …]}   {"any": [rule, …]}   {"not": rule}   {"everyone": true}
{"attribute": "age", "gte": 30, "lt": 40}          is, in, gt, gte, lt, lte, exists
{"interest": "petite fit"}
{"category": "Dresses", "at_least": 0.5}           share of their texts
{"sentiment": {"gte": 0.3}}                        -1 to 1
{"cluster": 12}
{"did": "Order Completed", "at_least": 2, "within_days": 90}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from audience.phrases import singular
from core.errors import InputRefused

MAX_DEPTH = 8
MAX_RULES = 200
MAX_VALUES = 1_000
MAX_LENGTH = 200
MAX_DAYS = 3_650

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class AllOf:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    rule: Rule


@dataclass(frozen=True, slots=True)
class Everyone:
    pass


@dataclass(frozen=True, slots=True)
class Attribute:
    """What the shop knows: every comparison must hold, and none does where it is missing."""

    name: str
    comparisons: tuple[tuple[str, Scalar | tuple[Scalar, ...]], ...]


@dataclass(frozen=True, slots=True)
class Interest:
    phrase: str


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    at_least: float


@dataclass(frozen=True, slots=True)
class Sentiment:
    comparisons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class InCluster:
    cluster_id: int


@dataclass(frozen=True, slots=True)
class Did:
    name: str
    at_least: int
    within_days: int | None


Rule = (
    AllOf | AnyOf | Not | Everyone | Attribute | Interest | Category | Sentiment | InCluster | Did
)

ORDERINGS = ("gt", "gte", "lt", "lte")
COMPARISONS = ("is", "in", *ORDERINGS, "exists")


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


class _Parser:
    """One pass over one rule; counts what it met, so that no rule costs more than its share."""

    def __init__(self) -> None:
        self._met = 0

    def parse(self, rule: object, *, place: str, depth: int) -> Rule:
        self._met += 1
        if self._met > MAX_RULES:
            raise _refused(place, f"is rule number {MAX_RULES + 1}: {MAX_RULES} are allowed")
        if depth > MAX_DEPTH:
            raise _refused(place, f"lies deeper than {MAX_DEPTH} levels")
        if not isinstance(rule, dict):
            raise _refused(place, 'must be an object, e.g. {"interest": "petite fit"}')
        kinds = [kind for kind in (*GROUPS, *_PARSERS) if kind in rule]
        if len(kinds) != 1:
            raise _refused(place, f"must have exactly one of {', '.join((*GROUPS, *_PARSERS))}")
        kind = kinds[0]
        if kind in _PARSERS:
            return _PARSERS[kind](rule, place)
        _only(rule, {kind}, place)
        return self._group(kind, rule[kind], place=_under(place, kind), depth=depth + 1)

    def _group(self, kind: str, inner: object, *, place: str, depth: int) -> Rule:
        if kind == "not":
            return Not(self.parse(inner, place=place, depth=depth))
        if not isinstance(inner, list) or not inner:
            raise _refused(place, "must be a list of at least one rule")
        rules = tuple(
            self.parse(one, place=f"{place}[{position}]", depth=depth)
            for position, one in enumerate(inner)
        )
        return AllOf(rules) if kind == "all" else AnyOf(rules)


def _everyone(rule: dict[str, Any], place: str) -> Rule:
    _only(rule, {"everyone"}, place)
    if rule["everyone"] is not True:
        raise _refused(_under(place, "everyone"), "must be true")
    return Everyone()


def _attribute(rule: dict[str, Any], place: str) -> Rule:
    _only(rule, {"attribute", *COMPARISONS}, place)
    name = _text(rule, "attribute", place)
    given = tuple(
        (comparison, _COMPARED[comparison](rule[comparison], _under(place, comparison)))
        for comparison in COMPARISONS
        if comparison in rule
    )
    if not given:
        raise _refused(place, f"must compare the attribute: {', '.join(COMPARISONS)}")
    return Attribute(name, given)


def _interest(rule: dict[str, Any], place: str) -> Rule:
    _only(rule, {"interest"}, place)
    words = _text(rule, "interest", place).lower().split()
    return Interest(" ".join(singular(word) for word in words))


def _category(rule: dict[str, Any], place: str) -> Rule:
    _only(rule, {"category", "at_least"}, place)
    share = _number(rule.get("at_least", 0.0), _under(place, "at_least"), low=0, high=1)
    return Category(_text(rule, "category", place), share)


def _sentiment(rule: dict[str, Any], place: str) -> Rule:
    _only(rule, {"sentiment"}, place)
    bounds, here = rule["sentiment"], _under(place, "sentiment")
    if not isinstance(bounds, dict) or not bounds:
        raise _refused(here, 'must be bounds, e.g. {"gte": 0.3}')
    _only(bounds, set(ORDERINGS), here)
    return Sentiment(
        tuple(
            (bound, _number(value, _under(here, bound), low=-1, high=1))
            for bound, value in bounds.items()
        )
    )


def _cluster(rule: dict[str, Any], place: str) -> Rule:
    _only(rule, {"cluster"}, place)
    return InCluster(_whole(rule["cluster"], _under(place, "cluster"), high=2**63 - 1))


def _did(rule: dict[str, Any], place: str) -> Rule:
    _only(rule, {"did", "at_least", "within_days"}, place)
    days = rule.get("within_days")
    return Did(
        _text(rule, "did", place),
        _whole(rule.get("at_least", 1), _under(place, "at_least"), high=1_000_000),
        None if days is None else _whole(days, _under(place, "within_days"), high=MAX_DAYS),
    )


GROUPS = ("all", "any", "not")
_PARSERS: Mapping[str, Callable[[dict[str, Any], str], Rule]] = {
    "everyone": _everyone,
    "attribute": _attribute,
    "interest": _interest,
    "category": _category,
    "sentiment": _sentiment,
    "cluster": _cluster,
    "did": _did,
}


def _scalar(value: object, place: str) -> Scalar:
    if isinstance(value, str) and len(value) <= MAX_LENGTH and "\0" not in value:
        return value
    if isinstance(value, bool) or _is_number(value):
        return value
    raise _refused(
        place, f"must be a number, true, false, or a text of at most {MAX_LENGTH} characters"
    )


def _scalars(value: object, place: str) -> tuple[Scalar, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_VALUES:
        raise _refused(place, f"must be a list of 1 to {MAX_VALUES} values")
    return tuple(_scalar(one, f"{place}[{position}]") for position, one in enumerate(value))


def _orderable(value: object, place: str) -> Scalar:
    if isinstance(value, bool):
        raise _refused(place, "must be a number or a text: true and false have no order")
    return _scalar(value, place)


def _yes_or_no(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise _refused(place, "must be true or false")
    return value


_COMPARED: Mapping[str, Callable[[object, str], Scalar | tuple[Scalar, ...]]] = {
    "is": _scalar,
    "in": _scalars,
    **dict.fromkeys(ORDERINGS, _orderable),
    "exists": _yes_or_no,
}


def _text(rule: dict[str, Any], key: str, place: str) -> str:
    value = rule[key]
    if not isinstance(value, str) or not 0 < len(value.strip()) <= MAX_LENGTH or "\0" in value:
        raise _refused(_under(place, key), f"must be a text of 1 to {MAX_LENGTH} characters")
    return value


def _number(value: object, place: str, *, low: float, high: float) -> float:
    if not _is_number(value) or not low <= value <= high:
        raise _refused(place, f"must be a number from {low:g} to {high:g}")
    return float(value)


def _whole(value: object, place: str, *, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= high:
        raise _refused(place, f"must be a whole number from 1 to {high}")
    return value


def _is_number(value: object) -> TypeGuard[int | float]:
    # JSON has no NaN, but Python's reader lets one through: no comparison with it is true.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _only(rule: Mapping[str, object], known: set[str], place: str) -> None:
    unknown = sorted(str(key) for key in rule.keys() - known)
    if unknown:
        raise _refused(
            _under(place, unknown[0][:60]), f"is not known here: {', '.join(sorted(known))} are"
        )


def _under(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _refused(place: str, message: str) -> InputRefused:
    return InputRefused(f"{place or 'the rule'} {message}", field=place)
