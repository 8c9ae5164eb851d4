"""Events in the OpenAPI document."""

from __future__ import annotations

from events.incoming import KINDS
from web.openapi.parts import Schema, answer, body, ref, refusal

EXAMPLE = {
    "type": "track",
    "messageId": "order-981",
    "userId": "hp-00042",
    "event": "Order Completed",
    "timestamp": "2026-11-27T10:00:00Z",
    "properties": {"revenue": 59.9, "currency": "EUR"},
}
STORED = {"success": True, "stored": 1, "duplicates": 0}
SCHEMAS: Schema = {
    "Event": {
        "type": "object",
        "description": "An event of Segment's API; docs/reference/events.md has every field.",
        "properties": {
            "type": {"type": "string"},
            "messageId": {"type": "string"},
            "userId": {"type": ["string", "null"]},
            "event": {"type": "string"},
            "timestamp": {"type": "string"},
            "properties": {"type": "object"},
            "context": {"type": "object"},
        },
    },
    "Stored": {
        "type": "object",
        "required": ["success", "stored", "duplicates"],
        "properties": {
            "success": {"type": "boolean"},
            "stored": {"type": "integer"},
            "duplicates": {"type": "integer"},
            "rejected": {"type": "integer"},
            "rejections": {"type": "array", "items": {"type": "object"}},
        },
    },
}
SECURITY: list[Schema] = [{"key": []}, {"writeKey": []}]
REFUSALS: Schema = {
    "400": refusal("Unreadable.", "invalid_request", "the body must be a JSON object"),
    "401": refusal("No live key of scope events.", "invalid_key", "make one in the admin"),
    "405": refusal("Another method.", "method_not_allowed", "send it by POST"),
    "413": refusal("Too large.", "too_large", "send it in parts"),
    "503": refusal("No database.", "unavailable", "send it again"),
}


def paths() -> Schema:
    batch = {
        "type": "object",
        "required": ["batch"],
        "properties": {"batch": {"type": "array", "items": ref("Event"), "maxItems": 10_000}},
    }
    many = _operation("batch", "Many events at once", body(batch, example={"batch": [EXAMPLE]}))
    return {
        "/v1/batch": {"post": many},
        **{
            f"/v1/{kind}": {
                "post": _operation(
                    kind, f"One event of the kind {kind}", body(ref("Event"), example=EXAMPLE)
                )
            }
            for kind in KINDS
        },
    }


def _operation(name: str, summary: str, asked: Schema) -> Schema:
    return {
        "operationId": name,
        "tags": ["events"],
        "summary": summary,
        "requestBody": asked,
        "security": SECURITY,
        "responses": {"200": answer("Stored.", ref("Stored"), example=STORED), **REFUSALS},
    }
