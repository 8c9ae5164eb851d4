"""OFREP and GrowthBook in the OpenAPI document."""

from __future__ import annotations

from web.openapi.parts import NAME, RETRY_AFTER, Schema, answer, body, in_path, query, ref

FLAG = {
    "key": "autumn-favourites",
    "value": {"subject": "Knits that fit", "preheader": "", "body": "…", "call_to_action": "Look"},
    "reason": "SPLIT",
    "variant": "benefit_first",
    "metadata": {"experiment": "autumn-favourites", "fallback": False},
}
REASONS = ["STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED", "UNKNOWN"]
SCHEMAS: Schema = {
    "Flag": {
        "type": "object",
        "required": ["key", "value", "reason", "variant", "metadata"],
        "properties": {
            "key": {"type": "string"},
            "value": {"type": "object", "additionalProperties": {"type": "string"}},
            "reason": {"enum": REASONS},
            "variant": {"type": "string"},
            "metadata": {
                "type": "object",
                "additionalProperties": {"type": ["string", "boolean", "number"]},
            },
        },
    },
    "FlagRefusal": {
        "type": "object",
        "properties": {
            "key": {"type": "string"},
            "errorCode": {
                "enum": [
                    "PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "GENERAL",
                    "FLAG_NOT_FOUND",
                ]
            },
            "errorDetails": {"type": "string"},
        },
        "required": ["errorDetails"],
    },
    "Message": {
        "type": "object",
        "properties": {
            "code": {"type": "string"},
            "message": {"type": "string"},
            "errorDetails": {"type": "string"},
        },
    },
}  # fmt: skip
CONTEXT: Schema = {
    "type": "object",
    "required": ["context"],
    "properties": {
        "context": {
            "type": "object",
            "required": ["targetingKey"],
            "properties": {"targetingKey": {**NAME, "description": "The contact's external_id."}},
        }
    },
}
ASKED = {"context": {"targetingKey": "hp-00042"}}
SECURITY: list[Schema] = [{"key": []}, {"keyHeader": []}]
CLIENT_KEY = in_path(
    "client_key",
    {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9_-]+$"},
    "An API key of scope flags.",
    example="ck_live_jd8Wb2…",
)
TAG: Schema = {"ETag": {"schema": {"type": "string"}, "example": '"5f2c…"'}}
KNOWN: Schema = {
    **query("If-None-Match", {"type": "string"}, "The ETag one has.", example='"5f2c…"'),
    "in": "header",
}


def _refused(description: str, code: str, details: str) -> Schema:
    return answer(
        description, ref("FlagRefusal"), example={"errorCode": code, "errorDetails": details}
    )


REFUSALS: Schema = {
    "400": _refused("Unreadable.", "TARGETING_KEY_MISSING", "give the contact's id"),
    "401": answer("No live key.", ref("FlagRefusal"), example={"errorDetails": "send a live key"}),
    "405": answer("Another method.", ref("FlagRefusal"), example={"errorDetails": "ask with POST"}),
    "429": answer("The key's limit.", ref("FlagRefusal"), headers=RETRY_AFTER,
                  example={"errorDetails": "too many requests"}),
    "503": answer("No database.", ref("FlagRefusal"), headers=RETRY_AFTER,
                  example={"errorDetails": "the key cannot be checked"}),
}  # fmt: skip
CLIENT_REFUSALS: Schema = {
    code: answer(words, ref("Message"), example={"message": words})
    for code, words in {
        "401": "No live key.",
        "405": "Another method.",
        "429": "The key's limit.",
        "503": "No database, or no free stream.",
    }.items()
}


def paths() -> Schema:
    return {**_ofrep(), **_growthbook()}


def _ofrep() -> Schema:
    every = {"flags": [FLAG], "metadata": {}}
    listed = {
        "type": "object",
        "required": ["flags"],
        "properties": {
            "flags": {"type": "array", "items": ref("Flag")},
            "metadata": {"type": "object"},
        },
    }
    one = {
        "operationId": "evaluateFlag",
        "tags": ["flags"],
        "summary": "One flag for a contact, who is in the test from then on (OFREP)",
        "parameters": [in_path("key", NAME, "The campaign's key.", example="autumn-favourites")],
        "requestBody": body(CONTEXT, example=ASKED),
        "security": SECURITY,
        "responses": {
            "200": answer("The flag.", ref("Flag"), example=FLAG),
            **REFUSALS,
            "404": _refused("No such flag.", "FLAG_NOT_FOUND", "no campaign 'x'"),
        },
    }
    many = {
        "operationId": "evaluateFlags",
        "tags": ["flags"],
        "summary": "All flags for a contact, who is in no test by that (OFREP)",
        "parameters": [KNOWN],
        "requestBody": body(CONTEXT, example=ASKED),
        "security": SECURITY,
        "responses": {
            "200": answer("Every flag.", listed, example=every, headers=TAG),
            "304": answer("What you have is still so.", headers=TAG),
            **REFUSALS,
        },
    }
    return {
        "/ofrep/v1/evaluate/flags/{key}": {"post": one},
        "/ofrep/v1/evaluate/flags": {"post": many},
    }


PAYLOAD: Schema = {
    "type": "object",
    "required": ["features", "dateUpdated"],
    "properties": {"features": {"type": "object"}, "dateUpdated": {"type": "string"}},
}
SHOWN = {
    "features": {},
    "experiments": [],
    "savedGroups": {},
    "dateUpdated": "2026-11-27T10:00:00.000+00:00",
}
ATTRIBUTES: Schema = {
    "type": "object",
    "required": ["attributes"],
    "properties": {
        "attributes": {"type": "object", "required": ["id"], "properties": {"id": NAME}}
    },
}
SENT_EVENT: Schema = {
    "type": "object",
    "properties": {"event": {"const": "features"}, "data": {"type": "string"}},
}


def _growthbook() -> Schema:
    features = _client_operation(
        "growthbookFeatures",
        "The payload of GrowthBook's SDKs",
        {
            "200": answer("The features.", PAYLOAD, example=SHOWN, headers=TAG),
            "304": answer("What you have is still so.", headers=TAG),
        },
        parameters=[CLIENT_KEY, KNOWN],
    )
    evaluated = _client_operation(
        "growthbookEval",
        "GrowthBook's remote evaluation",
        {
            "200": answer("Features with values only.", PAYLOAD, example=SHOWN),
            "400": answer("No id.", ref("Message"), example={"message": "attributes.id: …"}),
        },
        requestBody=body(ATTRIBUTES, example={"attributes": {"id": "hp-00042"}}),
    )
    shown = {"event": "features", "data": "{…}"}
    stream = _client_operation(
        "growthbookStream",
        "The payload now and whenever it changes, as server-sent events",
        {"200": answer("Events.", SENT_EVENT, media="text/event-stream", example=shown)},
    )
    return {
        "/api/features/{client_key}": {"get": features},
        "/api/eval/{client_key}": {"post": evaluated},
        "/sub/{client_key}": {"get": stream},
    }


def _client_operation(name: str, summary: str, answers: Schema, **more: object) -> Schema:
    return {
        "operationId": name,
        "tags": ["flags"],
        "summary": summary,
        "parameters": [CLIENT_KEY],
        "security": [],
        "responses": {**answers, **CLIENT_REFUSALS},
        **more,
    }
