"""What people ask about their data, in the OpenAPI document."""

from __future__ import annotations

from privacy.requests import CALLBACKS_MAX, IDENTITIES_MAX, IDENTITY_TYPES, REGULATIONS, TYPES
from web.openapi.parts import (
    INVALID,
    NO_STORE,
    RATE_LIMITED,
    UNAUTHORIZED,
    UNAVAILABLE,
    WRONG_METHOD,
    Schema,
    answer,
    body,
    in_path,
    ref,
    refusal,
)

REQUEST_ID = "a7551968-d5d6-44b2-9831-815ac9017798"
ASKED = {
    "regulation": "gdpr",
    "subject_request_id": REQUEST_ID,
    "subject_request_type": "access",
    "submitted_time": "2026-11-23T15:00:00Z",
    "subject_identities": [{"identity_type": "email", "identity_value": "ann@shop.example"}],
}
STATUS = {
    "api_version": "1.0",
    "subject_request_id": REQUEST_ID,
    "subject_request_type": "access",
    "regulation": "gdpr",
    "request_status": "completed",
    "received_time": "2026-11-23T15:00:01+00:00",
    "expected_completion_time": "2026-12-23T15:00:00+00:00",
    "completed_time": "2026-11-23T15:00:40+00:00",
    "results_count": 1,
    "receipt": {},
    "results_url": f"/v1/privacy/requests/{REQUEST_ID}/export.json",
}
DISCOVERY = {
    "api_version": "1.0",
    "supported_regulations": list(REGULATIONS),
    "supported_subject_request_types": list(TYPES),
    "supported_identities": [
        {"identity_type": kind, "identity_format": "raw"} for kind in IDENTITY_TYPES
    ],
}
HELD = [{"audience": {"contact": {"email": "ann@shop.example"}}, "events": {"events": []}}]
SCHEMAS: Schema = {
    "SubjectRequest": {
        "type": "object",
        "description": "OpenDSR's request; docs/reference/privacy.md has every field.",
        "required": ["subject_request_id", "subject_request_type", "subject_identities"],
        "properties": {
            "api_version": {"const": "1.0"},
            "regulation": {"enum": list(REGULATIONS)},
            "subject_request_id": {"type": "string", "format": "uuid"},
            "subject_request_type": {"enum": list(TYPES)},
            "submitted_time": {"type": "string", "format": "date-time"},
            "subject_identities": {
                "type": "array",
                "minItems": 1,
                "maxItems": IDENTITIES_MAX,
                "items": {
                    "type": "object",
                    "required": ["identity_type", "identity_value"],
                    "properties": {
                        "identity_type": {"enum": list(IDENTITY_TYPES)},
                        "identity_value": {"type": "string", "minLength": 1, "maxLength": 320},
                        "identity_format": {"const": "raw"},
                    },
                },
            },
            "status_callback_urls": {
                "type": "array",
                "maxItems": CALLBACKS_MAX,
                "items": {"type": "string", "format": "uri"},
            },
        },
    },
    "SubjectRequestStatus": {
        "type": "object",
        "required": list(STATUS),
        "properties": {
            "request_status": {"enum": ["pending", "in_progress", "completed", "cancelled"]},
            "results_count": {"type": ["integer", "null"]},
            "receipt": {"type": ["object", "null"]},
            "results_url": {"type": ["string", "null"]},
            "completed_time": {"type": ["string", "null"]},
            "callback_secrets": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "What each callback address checks its calls with.",
            },
        },
    },
}
SECURITY: list[Schema] = [{"key": []}]
WHICH = in_path("request_id", {"type": "string", "minLength": 1}, "The request's own id.",
                example=REQUEST_ID)  # fmt: skip
UNKNOWN = refusal("No such request, or no export of it.", "not_found", "there is no request …")
SHARED: Schema = {
    "400": INVALID,
    "401": UNAUTHORIZED,
    "405": WRONG_METHOD,
    "429": RATE_LIMITED,
    "503": UNAVAILABLE,
}


def paths() -> Schema:
    status = answer("Where it stands.", ref("SubjectRequestStatus"), example=STATUS)
    return {
        "/v1/privacy/discovery": {
            "get": _operation(
                "privacyDiscovery",
                "What may be asked for",
                {"200": answer("All there is.", {"type": "object"}, example=DISCOVERY)},
            )
        },
        "/v1/privacy/requests": {"post": _asking()},
        "/v1/privacy/requests/{request_id}": {
            "get": _operation(
                "privacyRequest", "Where a request stands", {"200": status, "404": UNKNOWN}, WHICH
            )
        },
        "/v1/privacy/requests/{request_id}/export.json": {
            "get": _export("privacyExport", {"type": "array"}, HELD, "application/json")
        },
        "/v1/privacy/requests/{request_id}/export.csv": {
            "get": _export(
                "privacyExportTable",
                {"type": "string"},
                "subject,place,value\r\n1,audience.contact.email,ann@shop.example\r\n",
                "text/csv",
            )
        },
    }


def _asking() -> Schema:
    kept = answer("Kept; a worker does it.", ref("SubjectRequestStatus"), example=STATUS)
    taken = refusal("The id is another request's.", "conflict", "send another id")
    made = _operation(
        "privacyAsk", "Access, portability or erasure", {"201": kept, "409": taken}
    )  # fmt: skip
    return {**made, "requestBody": body(ref("SubjectRequest"), example=ASKED)}


def _export(name: str, schema: Schema, example: object, media: str) -> Schema:
    found = answer(
        "Everything held, for 30 days.", schema, example=example, media=media, headers=NO_STORE
    )
    return _operation(
        name, f"The export of a request, as {media}", {"200": found, "404": UNKNOWN}, WHICH
    )


def _operation(name: str, summary: str, answers: Schema, *parameters: Schema) -> Schema:
    return {
        "operationId": name,
        "tags": ["privacy"],
        "summary": summary,
        "security": SECURITY,
        "responses": {**answers, **SHARED},
        **({"parameters": list(parameters)} if parameters else {}),
    }
