"""The document, put together."""

from __future__ import annotations

from core.webhooks.kinds import known_kinds
from web.openapi import assistant, decide, esp, events, flags, privacy
from web.openapi.parts import REFUSAL, Schema, body

VERSION = "1"
ROOMS = (decide, flags, events, esp, assistant, privacy)


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
            {"name": "email tools", "description": "What became of mails: tools' webhooks."},
            {"name": "assistant", "description": "What a chat on the shop's pages asks."},
            {"name": "privacy", "description": "What people ask about their data (OpenDSR)."},
        ],
        "paths": {path: said for room in ROOMS for path, said in room.paths().items()},
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
                **{name: one for room in ROOMS[1:] for name, one in room.SCHEMAS.items()},
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
