"""The kinds of value a rule holds: each parses one, or refuses it with the cure, and says in JSON
Schema what it takes, so that the parser and the published schema cannot drift apart. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeGuard

from audience.rules.nodes import Bounds, Comparisons, Scalar, When
from core.errors import InputRefused

MAX_VALUES = 1_000
MAX_LENGTH = 200
MAX_DAYS = 3_650
MAX_WHERE = 10
# JSON has no NaN, but Python's reader lets one through; and a double is exact only so far.
LARGEST = 1e15
ORDERINGS = ("gt", "gte", "lt", "lte")

Schema = dict[str, Any]


class Kind(Protocol):
    """A kind of value: `parse` and `schema` take the same ones."""

    def parse(self, value: object, place: str) -> Any:
        """The typed value.

        Raises:
            InputRefused: It is none; `field` is `place` or a place below it.
        """

    def schema(self) -> Schema:
        """JSON Schema (draft 2020-12) of what `parse` takes."""


@dataclass(frozen=True, slots=True)
class Always:
    """The one word `true`."""

    def parse(self, value: object, place: str) -> bool:
        if value is not True:
            raise refused(place, "must be true")
        return True

    def schema(self) -> Schema:
        return {"const": True}


@dataclass(frozen=True, slots=True)
class YesNo:
    def parse(self, value: object, place: str) -> bool:
        if not isinstance(value, bool):
            raise refused(place, "must be true or false")
        return value

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text that says something.

    >>> Text().parse("wool", "interest")
    'wool'
    """

    may_be_empty: bool = False

    def parse(self, value: object, place: str) -> str:
        if not _is_text(value) or not (self.may_be_empty or value.strip()):
            least = 0 if self.may_be_empty else 1
            raise refused(place, f"must be a text of {least} to {MAX_LENGTH} characters")
        return value

    def schema(self) -> Schema:
        pattern = NO_NUL if self.may_be_empty else r"^[^\u0000]*[^\u0000\s][^\u0000]*$"
        return {"type": "string", "maxLength": MAX_LENGTH, "pattern": pattern}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: Sequence[str]

    def parse(self, value: object, place: str) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise refused(place, f"must be one of {', '.join(self.words)}")
        return value

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Number:
    low: float = -LARGEST
    high: float = LARGEST

    def parse(self, value: object, place: str) -> float:
        if not is_number(value) or not self.low <= value <= self.high:
            raise refused(place, f"must be a number from {self.low:g} to {self.high:g}")
        return float(value)

    def schema(self) -> Schema:
        return {"type": "number", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Whole:
    high: int
    low: int = 1

    def parse(self, value: object, place: str) -> int:
        # 3.0 is a whole number to JSON, whichever way it is written.
        if not is_number(value) or value != int(value) or not self.low <= value <= self.high:
            raise refused(place, f"must be a whole number from {self.low} to {self.high}")
        return int(value)

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Value:
    """A number, true, false or a text."""

    def parse(self, value: object, place: str) -> Scalar:
        if isinstance(value, bool) or _is_text(value) or is_number(value):
            return value
        raise refused(
            place, f"must be a number, true, false, or a text of at most {MAX_LENGTH} characters"
        )

    def schema(self) -> Schema:
        return {"anyOf": [_NUMBER, {"type": "boolean"}, _TEXT]}


@dataclass(frozen=True, slots=True)
class Values:
    """A list of them."""

    def parse(self, value: object, place: str) -> tuple[Scalar, ...]:
        if not isinstance(value, list) or not 0 < len(value) <= MAX_VALUES:
            raise refused(place, f"must be a list of 1 to {MAX_VALUES} values")
        return tuple(Value().parse(one, f"{place}[{at}]") for at, one in enumerate(value))

    def schema(self) -> Schema:
        items = Value().schema()
        return {"type": "array", "minItems": 1, "maxItems": MAX_VALUES, "items": items}


@dataclass(frozen=True, slots=True)
class Ordered:
    """What has an order: a number or a text."""

    def parse(self, value: object, place: str) -> Scalar:
        if isinstance(value, bool):
            raise refused(place, "must be a number or a text: true and false have no order")
        return Value().parse(value, place)

    def schema(self) -> Schema:
        return {"anyOf": [_NUMBER, _TEXT]}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one number: {"gte": 0.3, "lt": 1}."""

    number: Number
    example: str = '{"gte": 0.3}'

    def parse(self, value: object, place: str) -> Bounds:
        if not isinstance(value, dict) or not value:
            raise refused(place, f"must be bounds, e.g. {self.example}")
        only(value, ORDERINGS, place)
        return tuple(
            (bound, self.number.parse(value[bound], under(place, bound)))
            for bound in ORDERINGS
            if bound in value
        )

    def schema(self) -> Schema:
        return closed(dict.fromkeys(ORDERINGS, self.number.schema())) | {"minProperties": 1}


@dataclass(frozen=True, slots=True)
class Moment:
    """How long ago: {"within_days": 30}, {"before_days": 90}, or both."""

    def parse(self, value: object, place: str) -> When:
        if not isinstance(value, dict) or not value:
            raise refused(place, 'must say how long ago, e.g. {"within_days": 30}')
        only(value, MOMENTS, place)
        return When(**{key: DAYS.parse(value[key], under(place, key)) for key in value})

    def schema(self) -> Schema:
        return closed(dict.fromkeys(MOMENTS, DAYS.schema())) | {"minProperties": 1}


@dataclass(frozen=True, slots=True)
class Compared:
    """Comparisons of one value: {"gte": 30, "lt": 40}, or what it is: 30."""

    kinds: Mapping[str, Kind] = field(default_factory=lambda: COMPARISONS)

    def parse(self, value: object, place: str) -> Comparisons:
        if not isinstance(value, dict):
            return (("is", Value().parse(value, place)),)
        only(value, self.kinds, place)
        return comparisons(value, place, kinds=self.kinds)

    def schema(self) -> Schema:
        object_schema = closed({key: kind.schema() for key, kind in self.kinds.items()})
        return {"anyOf": [*Value().schema()["anyOf"], object_schema | {"minProperties": 1}]}


@dataclass(frozen=True, slots=True)
class Where:
    """What the properties of an event must be: {"category": "shoes", "price": {"gte": 50}}."""

    def parse(self, value: object, place: str) -> tuple[tuple[str, Comparisons], ...]:
        if not isinstance(value, dict) or not 0 < len(value) <= MAX_WHERE:
            example = '{"category": "shoes"}'
            raise refused(place, f"must name 1 to {MAX_WHERE} properties, e.g. {example}")
        return tuple(
            (Text().parse(name, place), Compared().parse(value[name], under(place, str(name))))
            for name in value
        )

    def schema(self) -> Schema:
        return {
            "type": "object",
            "minProperties": 1,
            "maxProperties": MAX_WHERE,
            "propertyNames": Text().schema(),
            "additionalProperties": Compared().schema(),
        }


def comparisons(
    rule: Mapping[str, object], place: str, *, kinds: Mapping[str, Kind] | None = None
) -> Comparisons:
    """Those a rule makes, parsed.

    Raises:
        InputRefused: It makes none, or one with a value that cannot be compared so.
    """
    known = COMPARISONS if kinds is None else kinds
    given = tuple(
        (name, kind.parse(rule[name], under(place, name)))
        for name, kind in known.items()
        if name in rule
    )
    if not given:
        raise refused(place, f"must compare: {', '.join(known)}")
    return given


def closed(properties: Mapping[str, Schema], *, required: Sequence[str] = ()) -> Schema:
    """The schema of an object with these keys and no other."""
    shape = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return shape | ({"required": list(required)} if required else {})


def only(
    rule: Mapping[str, object], known: Sequence[str] | Mapping[str, object], place: str
) -> None:
    """Refuse a key that is not known here, by its place."""
    names = ", ".join(sorted(known))
    unknown = sorted(str(key) for key in rule if key not in set(known))
    if unknown:
        raise refused(under(place, unknown[0][:60]), f"is not known here: {names} are")


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def under(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def refused(place: str, message: str) -> InputRefused:
    return InputRefused(f"{place or 'the rule'} {message}", field=place)


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= MAX_LENGTH and "\0" not in value


NO_NUL = r"^[^\u0000]*$"
MOMENTS = ("within_days", "before_days")
DAYS = Whole(MAX_DAYS)
_NUMBER = Number().schema()
_TEXT = Text(may_be_empty=True).schema()
DATES: Mapping[str, Kind] = {
    "within_days": DAYS,
    "before_days": DAYS,
    "in_next_days": DAYS,
}
COMPARISONS: Mapping[str, Kind] = {
    "is": Value(),
    "in": Values(),
    **dict.fromkeys(ORDERINGS, Ordered()),
    "exists": YesNo(),
    **DATES,
}
