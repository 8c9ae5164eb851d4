"""Email tools' webhooks in the OpenAPI document."""

from __future__ import annotations

from events.esp.providers import PROVIDERS
from web.openapi.events import SECURITY
from web.openapi.parts import (
    INVALID,
    NAME,
    RATE_LIMITED,
    UNAVAILABLE,
    WRONG_METHOD,
    Schema,
    answer,
    body,
    in_path,
    ref,
    refusal,
)

REPORT = {
    "RecordType": "Open",
    "MessageID": "00000000-0000-0000-0000-000000000000",
    "Recipient": "ann@shop.example",
    "ReceivedAt": "2026-11-27T10:00:00Z",
    "Metadata": {"contact": "hp-00042", "campaign": "autumn-favourites"},
}
STORED = {"success": True, "stored": 1, "duplicates": 0, "rejected": 0, "ignored": 0}
SCHEMAS: Schema = {
    "MailReports": {
        "type": "object",
        "required": list(STORED),
        "properties": {
            "success": {"type": "boolean"},
            **{name: {"type": "integer"} for name in STORED if name != "success"},
        },
    }
}
TOOL = in_path("esp", {"enum": list(PROVIDERS)}, "Which email tool.", example="postmark")
KEY = in_path("token", NAME, "An API key of scope events.", example="cl_…")
ANSWERS: Schema = {
    "400": INVALID,
    "401": refusal("No live key, or no signature of the tool.", "invalid_key", "make one"),
    "403": refusal("It signs, and no key is set.", "not_configured", "set its signing key"),
    "404": refusal("No tool of this name.", "unknown_tool", "the tools we know are …"),
    "405": WRONG_METHOD,
    "413": refusal("Too large.", "too_large", "the body is larger than …"),
    "429": RATE_LIMITED,
    "503": UNAVAILABLE,
}


def paths() -> Schema:
    return {
        "/v1/esp/{esp}": {
            "get": _looking("espIsThere", [TOOL]),
            "post": _telling("espReport", [TOOL], SECURITY),
        },
        "/v1/esp/{esp}/{token}": {
            "get": _looking("espIsThereByAddress", [TOOL, KEY]),
            "post": _telling("espReportByAddress", [TOOL, KEY], []),
        },
    }


def _looking(name: str, parameters: list[Schema]) -> Schema:
    return {
        "operationId": name,
        "tags": ["email tools"],
        "summary": "Some tools look whether anybody is there before they send",
        "parameters": parameters,
        "security": [],
        "responses": {"200": answer("Somebody is."), **ANSWERS},
    }


def _telling(name: str, parameters: list[Schema], security: list[Schema]) -> Schema:
    """The body is whatever the tool sends; the example is Postmark's."""
    return {
        "operationId": name,
        "tags": ["email tools"],
        "summary": "What became of mails, as the tool's own webhook says it",
        "parameters": parameters,
        "requestBody": body({}, example=REPORT),
        "security": security,
        "responses": {
            "200": answer("Stored.", ref("MailReports"), example=STORED),
            **ANSWERS,
        },
    }
