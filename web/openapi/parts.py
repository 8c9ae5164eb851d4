"""The pieces that all doors share."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

# Text without NUL, which PostgreSQL cannot hold.
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\x00]+$"}
NAME_OR_NUMBER: Schema = {"anyOf": [NAME, {"type": "integer", "minimum": 0, "maximum": 2**53}]}
NO_STORE: Schema = {
    "Cache-Control": {"schema": {"type": "string"}, "example": "no-store"},
}
RETRY_AFTER: Schema = {
    "Retry-After": {"schema": {"type": "string"}, "description": "Seconds.", "example": "5"}
}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def answer(
    description: str,
    schema: Schema | None = None,
    *,
    example: object = None,
    media: str = "application/json",
    headers: Schema | None = None,
) -> Schema:
    """One answer of an operation; without a schema it has no body."""
    made: Schema = {"description": description}
    if schema is not None:
        made["content"] = {media: {"schema": schema}}
        if example is not None:
            made["content"][media]["example"] = example
    if headers:
        made["headers"] = headers
    return made


def body(schema: Schema, *, example: object, media: str = "application/json") -> Schema:
    return {"required": True, "content": {media: {"schema": schema, "example": example}}}


def query(
    name: str, schema: Schema, description: str, *, example: object, is_required: bool = False
) -> Schema:
    return {
        "name": name,
        "in": "query",
        "required": is_required,
        "schema": schema,
        "description": description,
        "example": example,
    }


def in_path(name: str, schema: Schema, description: str, *, example: object) -> Schema:
    return query(name, schema, description, example=example, is_required=True) | {"in": "path"}


def refusal(description: str, code: str, message: str) -> Schema:
    return answer(description, ref("Refusal"), example={"code": code, "message": message})


REFUSAL: Schema = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "examples": ["invalid_request"]},
        "message": {"type": "string", "description": "What is wrong, and the cure."},
        "field": {"type": "string", "description": "Where, if it is one field."},
    },
}
UNAUTHORIZED = refusal(
    "No live key of the scope this door wants.",
    "unauthorized",
    "send “Authorization: Bearer <key>” with a live API key",
)
INVALID = refusal("The question cannot be read.", "invalid_request", "contact: give it as text")
WRONG_METHOD = refusal("Another method.", "method_not_allowed", "ask with GET or POST")
RATE_LIMITED = {
    **refusal("The limit is reached.", "rate_limited", "come back in 7 seconds"),
    "headers": RETRY_AFTER,
}
UNAVAILABLE = {
    **refusal("No database.", "unavailable", "the database does not answer; ask again"),
    "headers": RETRY_AFTER,
}
