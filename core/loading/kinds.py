"""Kinds of column: a batch's worth of outside values in, PostgreSQL's COPY text out, or a refusal.

Work is done a column at a time: what most columns of most files hold needs no look at single
values, and the slow way, value by value, is taken only where a batch has something odd in it.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, ClassVar

import orjson

NULL = r"\N"
Refuse = Callable[[int, str], None]

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_NOT_UTF8 = "is not UTF-8 text: save the file as UTF-8"
_LARGEST_JSON = 100_000


class ValueRefused(Exception):
    """A single value cannot be used; the message says why, without the field's name."""


class Kind(ABC):
    """A column's type: in the staging table, in words for `--help`, and how a value gets there."""

    sql_type: ClassVar[str]

    @property
    @abstractmethod
    def wanted(self) -> str:
        """What a value looks like, in words."""

    @abstractmethod
    def parse(self, value: object) -> str:
        """COPY text of one value that is neither None nor blank; raises ValueRefused."""

    def encode(self, values: Sequence[object], refuse: Refuse) -> list[str]:
        """COPY text of each value; what cannot be used is refused by its position."""
        # Only texts are remembered: 1, 1.0 and True are one key to a dict and three values to us.
        known: dict[str, str] = {}
        encoded = []
        for position, value in enumerate(values):
            if isinstance(value, str) and value in known:
                encoded.append(known[value])
                continue
            try:
                text = NULL if is_blank(value) else self.parse(value)
            except ValueRefused as refused:
                refuse(position, str(refused))
                text = NULL
            if isinstance(value, str):
                known[value] = text
            encoded.append(text)
        return encoded


def is_blank(value: object) -> bool:
    """Whether a value says nothing: absent, white space, or pandas' NaN for absent."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value != value


def escape(text: str) -> str:
    """COPY text of a string; raises ValueRefused for what PostgreSQL cannot hold."""
    if "\x00" in text:
        raise ValueRefused("contains a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueRefused(_NOT_UTF8) from None
    return text.translate(_ESCAPES)


def escape_json(value: object) -> str:
    """COPY text of a value as JSON; raises ValueRefused for what JSON or PostgreSQL cannot hold."""
    try:
        text = orjson.dumps(value, default=_plain_value, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError as error:
        reason = _NOT_UTF8 if "UTF-8" in str(error) else f"cannot be kept as JSON: {error}"
        raise ValueRefused(reason) from None
    if len(text) > _LARGEST_JSON:
        raise ValueRefused(f"is larger than {_LARGEST_JSON:,} characters as JSON")
    if r"\u0000" in text and "\x00" in _every_text(value):
        raise ValueRefused("contains a NUL character")
    return text.replace("\\", "\\\\")


def _plain_value(value: object) -> object:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    if isinstance(value, Decimal | bytes | bytearray):
        raise TypeError(f"{type(value).__name__} value {value!r}"[:80])
    return str(value)


def _every_text(value: object) -> str:
    if isinstance(value, dict):
        return "".join(map(_every_text, [*value.keys(), *value.values()]))
    if isinstance(value, list | tuple):
        return "".join(map(_every_text, value))
    return value if isinstance(value, str) else ""


def shown(value: object) -> str:
    """A value as a refusal quotes it: short, whatever it is."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


@dataclass(frozen=True)
class Text(Kind):
    """Text up to `limit` characters without the space around it; `pattern` must match it whole."""

    limit: int
    pattern: re.Pattern[str] | None = None
    example: str = ""
    sql_type: ClassVar[str] = "text"

    @property
    def wanted(self) -> str:
        return self.example or f"text up to {self.limit:,} characters"

    def encode(self, values: Sequence[Any], refuse: Refuse) -> list[str]:
        try:
            stripped = list(map(str.strip, values))
        except TypeError:
            return super().encode(values, refuse)
        if not self._needs_no_look(stripped):
            return super().encode(stripped, refuse)
        return [value or NULL for value in stripped] if "" in stripped else stripped

    def _needs_no_look(self, values: list[str]) -> bool:
        joined = "\n".join(values)
        if joined.count("\n") >= len(values) or any(sign in joined for sign in "\\\t\r\x00"):
            return False
        try:
            joined.encode()
        except UnicodeEncodeError:
            return False
        if max(map(len, values), default=0) > self.limit:
            return False
        return self.pattern is None or all(map(self.pattern.fullmatch, filter(None, values)))

    def parse(self, value: object) -> str:
        text = plain_text(value).strip()
        if len(text) > self.limit:
            raise ValueRefused(f"is {len(text):,} characters long; the limit is {self.limit:,}")
        escaped = escape(text)
        if self.pattern is not None and not self.pattern.fullmatch(text):
            raise ValueRefused(f"{shown(text)} is not {self.wanted}")
        return escaped


def plain_text(value: object) -> str:
    """A simple value as a person would write it: 12345.0, as pandas keeps an id, is 12345."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bool | int | float | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise ValueRefused(f"is a {type(value).__name__}; wanted text")


@dataclass(frozen=True)
class Integer(Kind):
    low: int
    high: int
    sql_type: ClassVar[str] = "bigint"

    @property
    def wanted(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    def parse(self, value: object) -> str:
        number = decimal_of(value, wanted=self.wanted)
        if number != number.to_integral_value() or not self.low <= number <= self.high:
            raise ValueRefused(f"{shown(value)} is not {self.wanted}")
        return str(int(number))


@dataclass(frozen=True)
class Number(Kind):
    """An exact number. One with more places is rounded if it is a float, or `is_rounded`."""

    digits: int
    places: int
    low: Decimal | None = None
    is_rounded: bool = False
    sql_type: ClassVar[str] = "numeric"

    @property
    def wanted(self) -> str:
        least = "" if self.low is None else f" of at least {self.low}"
        return f"a number{least} with up to {self.places} decimal places, e.g. 19.99"

    def parse(self, value: object) -> str:
        number = decimal_of(value, wanted=self.wanted)
        limit = Decimal(10) ** (self.digits - self.places)
        if abs(number) >= limit or (self.low is not None and number < self.low):
            raise ValueRefused(f"{shown(value)} is not {self.wanted}")
        rounded = number.quantize(Decimal(1).scaleb(-self.places), rounding=ROUND_HALF_UP)
        may_round = self.is_rounded or isinstance(value, float)
        if (rounded != number and not may_round) or abs(rounded) >= limit:
            raise ValueRefused(f"{shown(value)} is not {self.wanted}")
        return str(rounded)


_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def decimal_of(value: object, *, wanted: str) -> Decimal:
    """The exact number a text, int, float or Decimal stands for; raises ValueRefused."""
    text = str(value).strip() if isinstance(value, str | int | float | Decimal) else ""
    if isinstance(value, bool) or len(text) > 400 or not _DECIMAL.fullmatch(text):
        raise ValueRefused(f"{shown(value)} is not {wanted}")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueRefused(f"{shown(value)} is not {wanted}") from None


@dataclass(frozen=True)
class Flag(Kind):
    sql_type: ClassVar[str] = "boolean"
    words: ClassVar[dict[str, str]] = {
        word: meaning
        for words, meaning in [("true t yes y 1 on", "t"), ("false f no n 0 off", "f")]
        for word in words.split()
    }

    @property
    def wanted(self) -> str:
        return "yes or no (also true/false, 1/0)"

    def parse(self, value: object) -> str:
        meaning = self.words.get(str(value).strip().lower())
        if meaning is None:
            raise ValueRefused(f"{shown(value)} is not {self.wanted}")
        return meaning


@dataclass(frozen=True)
class Choice(Kind):
    options: tuple[str, ...]
    sql_type: ClassVar[str] = "text"

    @property
    def wanted(self) -> str:
        return f"one of {', '.join(self.options)}"

    def parse(self, value: object) -> str:
        text = str(value).strip().lower()
        if text not in self.options:
            raise ValueRefused(f"{shown(value)} is not {self.wanted}")
        return text


@dataclass(frozen=True)
class Moment(Kind):
    """A date or a date with time; without a time zone it is taken as UTC."""

    earliest: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    latest: datetime = datetime(9000, 1, 1, tzinfo=UTC)
    sql_type: ClassVar[str] = "timestamptz"

    @property
    def wanted(self) -> str:
        return "a date or time in ISO 8601, e.g. 2026-03-31 or 2026-03-31T14:05:00+02:00"

    def parse(self, value: object) -> str:
        moment = self._moment(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        if not self.earliest <= moment <= self.latest:
            allowed = f"{self.earliest:%Y-%m-%d} and {self.latest:%Y-%m-%d}"
            raise ValueRefused(f"{shown(str(value))} is not between {allowed}")
        return moment.isoformat()

    def _moment(self, value: object) -> datetime:
        if isinstance(value, datetime):
            return value
        if isinstance(value, date):
            return datetime.combine(value, time.min)
        try:
            return datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise ValueRefused(f"{shown(value)} is not {self.wanted}") from None


@dataclass(frozen=True)
class JsonObject(Kind):
    sql_type: ClassVar[str] = "jsonb"

    @property
    def wanted(self) -> str:
        return "a JSON object"

    def parse(self, value: object) -> str:
        try:
            parsed = orjson.loads(value) if isinstance(value, str) else value
        except orjson.JSONDecodeError:
            parsed = None
        if not isinstance(parsed, dict):
            raise ValueRefused(f"{shown(value)} is not {self.wanted}")
        return escape_json(parsed)
