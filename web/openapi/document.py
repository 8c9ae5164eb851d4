"""The document, put together."""

from __future__ import annotations

from core.webhooks.kinds import known_kinds
from web.openapi import decide, events, flags
from web.openapi.parts import REFUSAL, Schema, body

VERSION = "1"


def openapi_document(address: str) -> Schema:
    """All doors of the installation at `address`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Copylift",
            "version": VERSION,
            "summary": "Which copy a contact gets, and what they did.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": address}],
        "tags": [
            {"name": "copy", "description": "What email tools ask for at send time."},
            {"name": "flags", "description": "The same for OpenFeature and GrowthBook clients."},
            {"name": "events", "description": "What people did, in the shape of Segment's API."},
        ],
        "paths": {**decide.paths(), **flags.paths(), **events.paths()},
        "webhooks": {kind.name: {"post": _webhook(kind.name, kind.meaning)}
                     for kind in known_kinds()},
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "keyHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "campaignToken": {"type": "apiKey", "in": "query", "name": "token"},
                "writeKey": {"type": "http", "scheme": "basic"},
            },
            "schemas": {
                "Refusal": REFUSAL,
                "Decision": decide.DECISION,
                **flags.SCHEMAS,
                **events.SCHEMAS,
            },
        },
    }  # fmt: skip


def _webhook(name: str, meaning: str) -> Schema:
    """Standard Webhooks 1.0: docs/reference/webhooks.md says how it is signed and sent again."""
    schema = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": name},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object"},
        },
    }
    example = {"type": name, "timestamp": "2026-11-27T10:00:00+00:00", "data": {}}
    return {
        "operationId": name,
        "summary": meaning,
        "requestBody": body(schema, example=example),
        "responses": {"2XX": {"description": "Taken."}, "410": {"description": "No more, please."}},
    }
