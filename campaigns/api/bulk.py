"""`/v1/decide/bulk`: the copy of a whole send list, one JSON line in and one out each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from campaigns.api.answers import (
    name_in,
    object_in,
    optional_name_in,
    refusal,
    wait_of,
)
from campaigns.api.decide import NO_KEY, NotAllowed, as_json, check_token
from campaigns.decisions import Decision
from campaigns.personalise_many import CONTACTS_AT_ONCE, Asked, decide_lists
from campaigns.tokens import PREFIX
from core.errors import InputRefused, ServiceUnavailable
from core.key_checks import bearer_of

BODY_BYTES_MAX = 16 * 1024 * 1024
LINES_MAX = 100_000
RETRY_SECONDS = 5


@csrf_exempt
def bulk_view(request: HttpRequest) -> HttpResponseBase:
    """Answer each line; one that cannot be read gets an answer that says so."""
    if request.method != "POST":
        return refusal(405, "method_not_allowed", "ask with POST", headers={"Allow": "POST"})
    try:
        campaign = name_in(request.GET, "campaign")
        lines = _lines(request)
        wait = _may_ask(request, campaign, len(lines))
    except NotAllowed:
        return refusal(401, "unauthorized", NO_KEY)
    except InputRefused as refused:
        return refusal(400, "invalid_request", str(refused), field=refused.field)
    except ServiceUnavailable as down:
        return refusal(503, "unavailable", str(down), headers={"Retry-After": str(RETRY_SECONDS)})
    if wait:
        return _too_many(wait)
    return StreamingHttpResponse(
        answers(campaign, lines),
        content_type="application/x-ndjson",
        headers={"Cache-Control": "no-store"},
    )


def _may_ask(request: HttpRequest, campaign: str, count: int) -> int:
    secret = bearer_of(request)
    if secret and not secret.startswith(PREFIX):
        wait = wait_of(secret, requests=count)
        if wait is None:
            raise NotAllowed
        return wait
    check_token(secret or request.GET.get("token", ""), campaign)
    return 0


def _too_many(wait: int) -> HttpResponse:
    return refusal(
        429, "rate_limited", f"come back in {wait} seconds", headers={"Retry-After": str(wait)}
    )


def _lines(request: HttpRequest) -> list[bytes]:
    body = request.read(BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        raise InputRefused(
            f"the body is larger than {BODY_BYTES_MAX} bytes: send it in parts", field="body"
        )
    lines: list[bytes] = [line for line in body.split(b"\n") if line.strip()]
    if len(lines) > LINES_MAX:
        raise InputRefused(f"at most {LINES_MAX:,} lines: send them in parts", field="body")
    return lines


def answers(campaign: str, lines: list[bytes]) -> Iterator[bytes]:
    """Pieces of the answer. Read and decided in parts, so that nothing waits for the last line."""
    read: deque[list[Asked | dict[str, Any]]] = deque()

    def asked() -> Iterator[list[Asked]]:
        for start in range(0, len(lines), CONTACTS_AT_ONCE):
            read.append([_read(line) for line in lines[start : start + CONTACTS_AT_ONCE]])
            yield [one for one in read[-1] if isinstance(one, Asked)]

    start = 0
    for decisions in decide_lists(campaign, asked(), clock=timezone.now):
        part = read.popleft()
        yield _piece(part, iter(decisions), start)
        start += len(part)


def _piece(part: list[Asked | dict[str, Any]], decided: Iterator[Decision], start: int) -> bytes:
    said = [
        as_json(next(decided), contact=one.contact)
        if isinstance(one, Asked)
        else orjson.dumps({**one, "line": start + number})
        for number, one in enumerate(part, start=1)
    ]
    return b"\n".join([*said, b""])


def _read(line: bytes) -> Asked | dict[str, Any]:
    """The question; or the refusal that answers the line."""
    try:
        given = object_in(line)
        return Asked(name_in(given, "contact"), optional_name_in(given, "arm") or None)
    except InputRefused as refused:
        return {"code": "invalid_request", "message": str(refused), "field": refused.field}
