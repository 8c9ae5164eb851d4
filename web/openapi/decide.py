"""`/v1/decide` and `/v1/decide/bulk` in the OpenAPI document."""

from __future__ import annotations

from web.openapi.parts import (
    INVALID,
    NAME,
    NAME_OR_NUMBER,
    NO_STORE,
    RATE_LIMITED,
    UNAUTHORIZED,
    UNAVAILABLE,
    WRONG_METHOD,
    Schema,
    answer,
    body,
    query,
    ref,
)

EXAMPLE = {
    "campaign": "autumn-favourites",
    "experiment": "autumn-favourites",
    "arm": "benefit_first",
    "segment": "knit-lovers",
    "variant": 4711,
    "assignment": "asg_6f1d0c2b9a7e4483b5c1d2e3f4",
    "content": {
        "subject": "Grace, knits that fit",
        "preheader": "See what is new",
        "body": "<p>Hi Grace, they are in.</p>",
        "call_to_action": "Have a look",
    },
    "holdout": False,
    "suppressed": False,
    "fallback": False,
    "reason": "",
}
LINKS = {
    "open_picture": "https://copylift.shop.example/o/AbC….gif",
    "unsubscribe": "https://copylift.shop.example/u/AbC…",
    "list_unsubscribe": "<https://copylift.shop.example/u/AbC…>",
    "list_unsubscribe_post": "List-Unsubscribe=One-Click",
}
DECISION: Schema = {
    "type": "object",
    "required": list(EXAMPLE),
    "properties": {
        "campaign": {"type": "string"},
        "experiment": {"type": "string"},
        "arm": {"type": "string", "description": "Whose copy it is: an angle, or control."},
        "segment": {"type": "string"},
        "variant": {"type": ["integer", "null"]},
        "assignment": {"type": "string", "description": "Empty: the contact is not in the test."},
        "content": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "The rendered texts of the campaign's channel.",
        },
        "holdout": {"type": "boolean"},
        "suppressed": {"type": "boolean", "description": "Do not send."},
        "fallback": {"type": "boolean", "description": "Control, or nothing, because of reason."},
        "reason": {"type": "string"},
        "links": {
            "type": "object",
            "required": list(LINKS),
            "additionalProperties": {"type": "string"},
            "description": "For an email whose delivery is named, where a key asks.",
        },
    },
}
# Either says who it is for; a contact wins over an address.
QUESTION: Schema = {
    "type": "object",
    "required": ["campaign", "contact"],
    "properties": {
        "campaign": NAME,
        "contact": NAME_OR_NUMBER,
        "email": {"type": "string", "description": "Instead of contact, which is then left out."},
        "arm": {"anyOf": [NAME, {"type": "null"}, {"const": ""}]},
        "delivery": {"anyOf": [NAME_OR_NUMBER, {"type": "null"}, {"const": ""}]},
        "token": {"type": "string", "description": "The campaign's own, instead of a key."},
    },
}
ASKED = {"campaign": "autumn-favourites", "contact": "hp-00042", "delivery": "send-9-hp-00042"}
WHERE = [
    query("campaign", NAME, "The campaign's key.", example="autumn-favourites", is_required=True),
    query("contact", NAME, "The contact's external_id.", example="hp-00042", is_required=True),
    query("arm", {"type": "string", "maxLength": 200, "pattern": "^[^\\x00]*$"},
          "What a tool that splits by itself chose.", example="benefit_first"),
    query("delivery", {"type": "string", "maxLength": 200, "pattern": "^[^\\x00]*$"},
          "Your id of this email: the same id, the same answer.", example="send-9-hp-00042"),
    query("token", {"type": "string"}, "The campaign's own token, instead of a key.",
          example="ct_w0YpNoLxjcTPDLeWnCE049jHy0S8Nr2O"),
]  # fmt: skip
SECURITY: list[Schema] = [{"key": []}, {"campaignToken": []}]
ANSWERS: Schema = {
    "200": answer("The copy; on trouble the control copy.", ref("Decision"),
                  example={**EXAMPLE, "links": LINKS}, headers=NO_STORE),
    "400": INVALID,
    "401": UNAUTHORIZED,
    "405": WRONG_METHOD,
}  # fmt: skip


def paths() -> Schema:
    return {
        "/v1/decide": {
            "get": {
                "operationId": "decide",
                "tags": ["copy"],
                "summary": "Which copy a contact gets, asked at send time",
                "parameters": WHERE,
                "security": SECURITY,
                "responses": ANSWERS,
            },
            "post": {
                "operationId": "decideByPost",
                "tags": ["copy"],
                "summary": "The same, with nothing in the address",
                "requestBody": body(QUESTION, example=ASKED),
                "security": SECURITY,
                "responses": ANSWERS,
            },
        },
        "/v1/decide/bulk": {"post": _bulk()},
    }


def _bulk() -> Schema:
    lines = '{"contact": "hp-00042"}\n{"contact": "hp-00043"}\n'
    one = '{"contact":"hp-00042","campaign":"autumn-favourites","arm":"control", …}\n'
    return {
        "operationId": "decideBulk",
        "tags": ["copy"],
        "summary": "A whole send list: a JSON line in and one out for each contact",
        "parameters": [WHERE[0], WHERE[-1]],
        "requestBody": body({"type": "string"}, example=lines, media="application/x-ndjson"),
        "security": SECURITY,
        "responses": {
            "200": answer("A decision for each line, with its contact.", {"type": "string"},
                          example=one, media="application/x-ndjson", headers=NO_STORE),
            "400": INVALID,
            "401": UNAUTHORIZED,
            "405": WRONG_METHOD,
            "429": RATE_LIMITED,
            "503": UNAVAILABLE,
        },
    }  # fmt: skip
