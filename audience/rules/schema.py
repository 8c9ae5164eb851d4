"""The rule language as JSON Schema, for programs that write rules. Pure."""

from __future__ import annotations

from audience.rules.forms import FORMS, Form
from audience.rules.kinds import Schema, closed
from audience.rules.parsing import MAX_DEPTH, MAX_RULES

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def rule_schema() -> Schema:
    """JSON Schema (draft 2020-12) of a rule.

    It takes what `parse_rule` takes. Two limits no schema can say are the parser's alone: how deep
    a rule may be nested, and how many rules it may have in all.

    >>> sorted(rule_schema()["$defs"])[:4]
    ['about', 'all', 'any', 'aspect']
    """
    return {
        "$schema": DRAFT,
        "title": "Segment rule",
        "description": f"Who belongs to a segment. At most {MAX_DEPTH} levels deep and "
        f"{MAX_RULES} rules in all.",
        "$ref": "#/$defs/rule",
        "$defs": {
            "rule": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in _definitions()]},
            **_definitions(),
        },
    }


def _definitions() -> dict[str, Schema]:
    return {**_groups(), **{form.key: _leaf(form) for form in FORMS}}


def _groups() -> dict[str, Schema]:
    rule: Schema = {"$ref": "#/$defs/rule"}
    rules: Schema = {"type": "array", "minItems": 1, "items": rule}
    return {
        "all": _said(closed({"all": rules}, required=["all"]), "Who matches every rule."),
        "any": _said(closed({"any": rules}, required=["any"]), "Who matches at least one."),
        "not": _said(closed({"not": rule}, required=["not"]), "Who does not match."),
    }


def _leaf(form: Form) -> Schema:
    properties = {key: kind.schema() for key, kind in form.keys.items()}
    shape = closed(properties, required=[form.key]) | {"examples": [dict(form.example)]}
    if form.one_of:
        shape["anyOf"] = [{"required": [key]} for key in form.one_of]
    if form.never_both:
        shape["not"] = {"required": list(form.never_both)}
    return _said(shape, form.says)


def _said(shape: Schema, words: str) -> Schema:
    return {"description": words, **shape}
