"""Events in the OpenAPI document."""

from __future__ import annotations

from events.api.segment import SHORT
from events.incoming import KINDS
from web.openapi.parts import RATE_LIMITED, UNAVAILABLE, Schema, answer, body, ref, refusal

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
SHORT_NAMES = {**SHORT, "b": "batch"}
SUMMARIES = {"batch": "Many events at once"}
SECURITY: list[Schema] = [{"key": []}, {"writeKey": []}]
REFUSALS: Schema = {
    "400": refusal("Unreadable.", "invalid_request", "the body must be a JSON object"),
    "401": refusal("No live key of scope events.", "invalid_key", "make one in the admin"),
    "405": refusal("Another method.", "method_not_allowed", "send it by POST"),
    "413": refusal("Too large.", "too_large", "send it in parts"),
    "429": RATE_LIMITED,
    "503": UNAVAILABLE,
}


def paths() -> Schema:
    """The doors by all their names: browsers' short ones, and those of Dittofeed's client."""
    batch = {
        "type": "object",
        "required": ["batch"],
        "properties": {"batch": {"type": "array", "items": ref("Event"), "maxItems": 10_000}},
    }
    asked = {kind: body(ref("Event"), example=EXAMPLE) for kind in KINDS}
    asked["batch"] = body(batch, example={"batch": [EXAMPLE]})
    names = {f"/v1/{kind}": (kind, kind) for kind in asked}
    names |= {f"/v1/{short}": (f"{kind}Short", kind) for short, kind in SHORT_NAMES.items()}
    names |= {f"/api/public/apps/{kind}": (f"{kind}OfDittofeed", kind) for kind in asked}
    doors = {
        path: {"post": _operation(name, SUMMARIES.get(kind, f"One event of the kind {kind}"),
                                  asked[kind])}
        for path, (name, kind) in names.items()
    }  # fmt: skip
    return {**doors, "/v1/m": {"post": _measured()}}


def _measured() -> Schema:
    thanks = answer("Thanks.", {"type": "object"}, example={"success": True})
    return {
        "operationId": "measured",
        "tags": ["events"],
        "summary": "Segment's browser client reports on itself; nothing is kept",
        "requestBody": body({}, example={}),
        "security": [],
        "responses": {"200": thanks, "405": REFUSALS["405"], "503": UNAVAILABLE},
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
