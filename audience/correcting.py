"""What people said of traits, laid over what was inferred. Pure.

Inference may find the same again tomorrow, or something else; what a person said stands until they
take it back. The values are those of a profile: `interests` a list of {"phrase", "weight"},
`categories`, `aspects`, `rfm` and `habits` mappings, `sentiment` and `purchase_intent` numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]

CONFIRM, REMOVE, SET = "confirm", "remove", "set"
INTEREST = "interest"
# The trait's place among a profile's values.
MAPPINGS = {
    "category": "categories",
    "aspect": "aspects",
    "rfm": "rfm",
    "habit": "habits",
}
SCALARS = {"sentiment": "sentiment", "purchase_intent": "purchase_intent"}
# To change one of these is to say that it is another one.
RENAMED = frozenset({"interest", "category"})


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of a trait.

    Attributes:
        trait: Its kind: interest, category, sentiment, aspect, purchase_intent, rfm or habit.
        name: Which one; empty where there is one only.
        action: confirm, remove or set.
        value: What it is set to: of an interest or category another name, else the value.
        before: What had been inferred; None for nothing.
    """

    trait: str
    name: str
    action: str
    value: Any = None
    before: Any = None


def corrected(values: Values, said: Iterable[Said]) -> dict[str, Any]:
    """The values with all that was said laid over them; they themselves stay as they are.

    >>> wool, silk = {"phrase": "wool", "weight": 2.0}, {"phrase": "silk", "weight": 1.0}
    >>> corrected({"interests": [wool, silk]}, [Said("interest", "wool", "remove")])
    {'interests': [{'phrase': 'silk', 'weight': 1.0}]}
    """
    changed = dict(values)
    for one in said:
        if one.trait == INTEREST:
            changed["interests"] = _interests(changed.get("interests", []), one)
        elif one.trait in MAPPINGS:
            place = MAPPINGS[one.trait]
            changed[place] = _mapping(changed.get(place, {}), one)
        elif one.trait in SCALARS:
            place = SCALARS[one.trait]
            changed[place] = _scalar(changed.get(place), one)
    return changed


def inferred(values: Values, trait: str, name: str) -> Any:
    """What the values say of a trait; None for nothing.

    >>> inferred({"categories": {"Knits": 0.5}}, "category", "Knits")
    0.5
    """
    if trait == INTEREST:
        return next((one for one in values["interests"] if one["phrase"] == name), None)
    if trait in MAPPINGS:
        return values[MAPPINGS[trait]].get(name)
    return values[SCALARS[trait]]


def restored(values: Values, one: Said) -> dict[str, Any]:
    """The values as if it had not been said: what had been inferred is there again.

    >>> said = Said("sentiment", "", "set", value=-0.5, before=0.4)
    >>> restored(corrected({"sentiment": 0.4}, [said]), said)
    {'sentiment': 0.4}
    """
    changed = dict(values)
    if one.trait == INTEREST:
        kept = _without(changed["interests"], one)
        changed["interests"] = _strongest_first([*kept, *([one.before] if one.before else [])])
    elif one.trait in MAPPINGS:
        place = MAPPINGS[one.trait]
        kept_mapping = {
            key: value for key, value in changed[place].items() if key not in _names(one)
        }
        changed[place] = kept_mapping | ({} if one.before is None else {one.name: one.before})
    elif one.trait in SCALARS and one.before is not None:
        changed[SCALARS[one.trait]] = one.before
    return changed


def _interests(interests: list[dict[str, Any]], one: Said) -> list[dict[str, Any]]:
    there = next((item for item in interests if item["phrase"] == one.name), one.before)
    if one.action == REMOVE:
        return [item for item in interests if item["phrase"] != one.name]
    kept = _without(interests, one)
    weight = there["weight"] if there else 1.0
    phrase = one.value if one.action == SET else one.name
    return _strongest_first([*kept, {"phrase": phrase, "weight": weight}])


def _without(interests: list[dict[str, Any]], one: Said) -> list[dict[str, Any]]:
    return [item for item in interests if item["phrase"] not in _names(one)]


def _names(one: Said) -> set[Any]:
    """Under which names a trait may stand, before or after what was said."""
    is_renamed = one.action == SET and one.trait in RENAMED
    return {one.name, one.value} if is_renamed else {one.name}


def _strongest_first(interests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(interests, key=lambda item: (-item["weight"], item["phrase"]))


def _mapping(values: Mapping[str, Any], one: Said) -> dict[str, Any]:
    changed = dict(values)
    there = changed.pop(one.name, one.before)
    if one.action == CONFIRM and there is not None:
        changed[one.name] = there
    elif one.action == SET and one.trait in RENAMED:
        changed[one.value] = changed.get(one.value, 0.0) + (there or 0.0)
    elif one.action == SET:
        changed[one.name] = _set(there, one.value)
    return changed


def _set(there: Any, value: Any) -> Any:
    """The value in place of that which is there; of a mapping, only what it says of the value."""
    if isinstance(there, Mapping) and "sentiment" in there:
        return {**there, "sentiment": value}
    # A share of orders that show another habit is no share of this one.
    return {"value": value} if isinstance(there, Mapping) else value


def _scalar(value: Any, one: Said) -> Any:
    if one.action == SET:
        return one.value
    if one.action == REMOVE:
        return None
    return one.before if one.before is not None else value
