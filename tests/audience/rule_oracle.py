"""What a rule means, said a second time: in plain Python, over people in memory, from raw JSON.

It shares no line with the parser or the compiler.
"""

from __future__ import annotations

import hashlib
import json
import operator
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

SIGNS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
DATES = ("within_days", "before_days", "in_next_days")
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Deed:
    name: str
    at: datetime
    value: float | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    is_by_a_program: bool = False


@dataclass
class Person:
    id: str
    attributes: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, Any] | None = None
    deeds: list[Deed] = field(default_factory=list)
    consents: dict[str, bool] = field(default_factory=dict)
    suppressed: tuple[str, ...] = ()


@dataclass
class World:
    people: list[Person]
    now: datetime
    segments: dict[str, Any] = field(default_factory=dict)
    # The group of each cluster, by its number.
    groups: dict[int, int] = field(default_factory=dict)
    encode: Any = None


def matching(rule: dict, world: World) -> set[str]:
    return {person.id for person in world.people if holds(rule, person, world)}


def holds(rule: dict, person: Person, world: World) -> bool:
    if "all" in rule:
        return all(holds(one, person, world) for one in rule["all"])
    if "any" in rule:
        return any(holds(one, person, world) for one in rule["any"])
    if "not" in rule:
        return not holds(rule["not"], person, world)
    if "everyone" in rule:
        return True
    if "segment" in rule:
        return holds(world.segments[rule["segment"]], person, world)
    if "attribute" in rule:
        return compares(person.attributes, rule["attribute"], rule, world.now)
    if "did_not" in rule:
        asked = {"did" if key == "did_not" else key: value for key, value in rule.items()}
        return not did(asked, person, world.now)
    if "did" in rule:
        return did(rule, person, world.now)
    if "share" in rule:
        words = f"{rule.get('salt', '')}\x1f{person.id}"
        part = int(hashlib.md5(words.encode()).hexdigest(), 16) / 16**32
        return part < rule["share"] or rule["share"] == 1
    if "consent" in rule:
        said = {True: "given", False: "withdrawn", None: "unknown"}
        return said[person.consents.get(rule["consent"])] == rule.get("is", "given")
    if "suppressed" in rule:
        return bool({"all", rule["suppressed"]} & set(person.suppressed))
    return person.profile is not None and of_profile(rule, person.profile, world)


def of_profile(rule: dict, profile: dict, world: World) -> bool:
    if "interest" in rule:
        return rule["interest"] in profile["interests"]
    if "category" in rule:
        share = profile["categories"].get(rule["category"])
        return share is not None and share >= rule.get("at_least", 0)
    if "sentiment" in rule:
        return within(profile["sentiment"], rule["sentiment"])
    if "purchase_intent" in rule:
        return within(profile["purchase_intent"], rule["purchase_intent"])
    if "aspect" in rule:
        return either(profile["aspects"], rule["aspect"], "sentiment", rule, world.now)
    if "rfm" in rule:
        return compares(profile["rfm"], rule["rfm"], rule, world.now)
    if "habit" in rule:
        return either(profile["habits"], rule["habit"], "value", rule, world.now)
    if "wrote" in rule:
        return since(profile["last_text_at"], rule["wrote"], world.now)
    if "cluster" in rule:
        return profile["cluster"] == rule["cluster"]
    if "group" in rule:
        cluster = profile["cluster"]
        return cluster is not None and world.groups[cluster] == rule["group"]
    if "about" in rule:
        return about(rule, profile, world)
    raise AssertionError(f"the oracle knows no {rule}")


def either(column: dict, name: str, inner: str, rule: dict, now: datetime) -> bool:
    """The value itself, or the one inside it; `exists` is asked of the whole."""
    value = column.get(name)
    if isinstance(value, dict) and inner in value:
        column = {name: value[inner]}
    return compares(column, name, rule, now)


def about(rule: dict, profile: dict, world: World) -> bool:
    wanted = world.encode(rule["about"])
    if "closest" not in rule:
        return float(profile["vector"] @ wanted) >= rule.get("at_least", 0.35)
    others = [one.profile for one in world.people if one.profile is not None]
    ordered = sorted(others, key=lambda one: -float(one["vector"] @ wanted))
    return any(profile is one for one in ordered[: rule["closest"]])


def did(rule: dict, person: Person, now: datetime) -> bool:
    mine = [
        deed
        for deed in person.deeds
        if deed.name == rule["did"]
        and deed.at <= now
        and since(deed.at, rule, now)
        and not deed.is_by_a_program
    ]
    for name, wanted in rule.get("where", {}).items():
        asked = wanted if isinstance(wanted, dict) else {"is": wanted}
        mine = [deed for deed in mine if compares(deed.properties, name, asked, now)]
    if not mine or not rule.get("at_least", 1) <= len(mine) <= rule.get("at_most", 10**9):
        return False
    values = [deed.value for deed in mine if deed.value is not None]
    if "total" in rule and not within(sum(values) if values else None, rule["total"]):
        return False
    first, last = min(deed.at for deed in mine), max(deed.at for deed in mine)
    return since(first, rule.get("first", {}), now) and since(last, rule.get("last", {}), now)


def since(moment: datetime, rule: dict, now: datetime) -> bool:
    recent = "within_days" not in rule or moment > now - timedelta(days=rule["within_days"])
    old = "before_days" not in rule or moment <= now - timedelta(days=rule["before_days"])
    return recent and old


def within(number: float | None, bounds: dict) -> bool:
    return number is not None and all(SIGNS[key](number, it) for key, it in bounds.items())


def compares(row: dict, name: str, rule: dict, now: datetime) -> bool:
    if "exists" in rule and (name in row) != rule["exists"]:
        return False
    checks = [key for key in rule if key in (*SIGNS, *DATES, "is", "in")]
    if name not in row:
        return not checks
    value = row[name]
    elements = value if isinstance(value, list) else [value]
    texts_are_numbers = not isinstance(value, list)
    return all(
        any(one(key, rule[key], element, now, texts_are_numbers) for element in elements)
        for key in checks
    )


def one(key: str, wanted: Any, value: Any, now: datetime, texts_are_numbers: bool) -> bool:
    if key == "in":
        return any(equal(value, each, texts_are_numbers) for each in wanted)
    if key == "is":
        return equal(value, wanted, texts_are_numbers)
    if key in DATES:
        return on_day(value, key, wanted, now)
    if isinstance(wanted, str):
        return isinstance(value, str) and SIGNS[key](value, wanted)
    number = number_of(value, texts_are_numbers)
    return number is not None and SIGNS[key](number, wanted)


def equal(value: Any, wanted: Any, texts_are_numbers: bool) -> bool:
    if isinstance(wanted, bool):
        words = ("true", "True", "TRUE") if wanted else ("false", "False", "FALSE")
        return value is wanted or (isinstance(value, str) and value in words)
    if isinstance(wanted, str):
        if isinstance(value, str):
            return value == wanted
        return isinstance(value, bool | int | float) and json.dumps(value) == wanted
    number = number_of(value, texts_are_numbers)
    return number is not None and number == wanted


def number_of(value: Any, texts_are_numbers: bool) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and texts_are_numbers and NUMBER.fullmatch(value):
        return float(value)
    return None


def on_day(value: Any, key: str, days: int, now: datetime) -> bool:
    if not isinstance(value, str) or not ISO.match(value):
        return False
    day, today = value[:10], now.date()
    away = timedelta(days=days)
    if key == "within_days":
        return (today - away).isoformat() <= day <= today.isoformat()
    if key == "before_days":
        return day < (today - away).isoformat()
    return today.isoformat() <= day <= (today + away).isoformat()
