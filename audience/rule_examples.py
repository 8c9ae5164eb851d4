"""Every kind of rule as an example, with the shop's own names where it has some."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from audience.models import Segment
from audience.rules.forms import FORMS
from audience.selectors.orders import ORDER
from audience.selectors.vocabulary import Vocabulary

# A group says the same, and stays from fit to fit.
UNSUGGESTED = "cluster"


@dataclass(frozen=True, slots=True)
class Example:
    """A rule of one kind, and who belongs by it in words."""

    says: str
    rule: Mapping[str, Any]

    @property
    def text(self) -> str:
        return json.dumps(self.rule, ensure_ascii=False)


def rule_examples() -> list[Example]:
    words = Vocabulary()
    return [
        Example(form.says, _OWN.get(form.key, _as_it_is)(form.example, words))
        for form in FORMS
        if form.key != UNSUGGESTED
    ]


def _as_it_is(example: Mapping[str, Any], _: Vocabulary) -> Mapping[str, Any]:
    return example


def _attribute(example: Mapping[str, Any], words: Vocabulary) -> Mapping[str, Any]:
    for name in words.attribute:
        if len(words.values.get(name, ())) > 1:
            return {"attribute": name, "in": list(words.values[name][:2])}
    return {"attribute": words.attribute[0], "exists": True} if words.attribute else example


def _named(kind: str) -> Callable[[Mapping[str, Any], Vocabulary], Mapping[str, Any]]:
    """The example with the commonest name of its kind."""

    def own(example: Mapping[str, Any], words: Vocabulary) -> Mapping[str, Any]:
        known = getattr(words, kind)
        return {**example, kind: known[0]} if known else example

    return own


def _habit(example: Mapping[str, Any], words: Vocabulary) -> Mapping[str, Any]:
    return {"habit": words.habit[0], "exists": True} if words.habit else example


def _group(example: Mapping[str, Any], words: Vocabulary) -> Mapping[str, Any]:
    return {"group": next(iter(words.group), example["group"])}


def _segment(example: Mapping[str, Any], _: Vocabulary) -> Mapping[str, Any]:
    key = Segment.objects.order_by("-size", "name").values_list("key", flat=True).first()
    return {"segment": key or example["segment"]}


def _did(example: Mapping[str, Any], words: Vocabulary) -> Mapping[str, Any]:
    kind = next(iter(example))
    known = words.did
    return {**example, kind: known[0]} if known and ORDER not in known else example


_OWN = {
    "attribute": _attribute,
    "interest": _named("interest"),
    "category": _named("category"),
    "aspect": _named("aspect"),
    "habit": _habit,
    "group": _group,
    "segment": _segment,
    "did": _did,
    "did_not": _did,
}
