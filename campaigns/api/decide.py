"""`/v1/decide`: what an email tool calls at send time; documented in docs/reference/decide.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from campaigns import deliveries, live_plans
from campaigns.api.answers import (
    body_of,
    name_in,
    object_in,
    optional_name_in,
    refusal,
    wait_of,
    written,
)
from campaigns.known_contacts import normal_address
from campaigns.mail_links import mail_links
from campaigns.personalise import Decision, breaker, control_of, decide, nothing
from campaigns.tokens import PREFIX, is_token_of
from core.errors import InputRefused, ServiceUnavailable
from core.key_checks import bearer_of

NO_KEY = (
    "send “Authorization: Bearer <key>” with a live API key of scope decide, "
    "or the campaign's own token"
)
NO_LINKS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Question:
    """`contact` is an id, or an address where `by_email` says so; `has_key`: a key asks it, not a
    campaign's token, which stands in addresses that others log.
    """

    campaign: str
    contact: str
    by_email: bool
    arm: str | None
    delivery: str
    has_key: bool


class NotAllowed(Exception):
    """Neither a live key nor the campaign's token."""


@csrf_exempt
def decide_view(request: HttpRequest) -> HttpResponse:
    """Answer 200 to whoever may ask and asks in the documented shape, whatever is broken."""
    if request.method not in ("GET", "POST"):
        return refusal(
            405, "method_not_allowed", "ask with GET or POST", headers={"Allow": "GET, POST"}
        )
    secret = bearer_of(request)
    try:
        # Who holds no key learns nothing of what a question looks like.
        is_key = bool(secret) and not secret.startswith(PREFIX)
        wait = _wait_of(secret) if is_key else 0
        given = request.GET if request.method == "GET" else object_in(body_of(request))
        question = _question(given, has_key=is_key)
        if not is_key:
            check_token(secret or _token(given), question.campaign)
    except NotAllowed:
        return refusal(401, "unauthorized", NO_KEY)
    except InputRefused as refused:
        return refusal(400, "invalid_request", str(refused), field=refused.field)
    except ServiceUnavailable:
        # Whoever asks may have a key: they get what tells a stranger nothing.
        return written(as_json(nothing("", "database_unavailable")))
    if wait:
        return written(as_json(control_of(question.campaign, "rate_limited")))
    return written(_answer(question))


def as_json(decision: Decision, *, links: Mapping[str, str] = NO_LINKS, **more: str) -> bytes:
    """The documented answer."""
    return orjson.dumps(
        {
            **more,
            "campaign": decision.campaign,
            "experiment": decision.experiment,
            "arm": decision.arm,
            "segment": decision.segment,
            "variant": decision.variant_id,
            "assignment": decision.assignment,
            "content": dict(decision.content.texts()),
            "holdout": decision.holdout,
            "suppressed": decision.suppressed,
            "fallback": decision.fallback,
            "reason": decision.reason,
            **({"links": links} if links else {}),
        }
    )


def _answer(question: Question) -> bytes:
    decision = decide(
        question.campaign,
        question.contact,
        now=timezone.now(),
        arm=question.arm,
        by_email=question.by_email,
    )
    links = mail_links(decision, delivery=question.delivery) if question.has_key else NO_LINKS
    body = as_json(decision, links=links)
    # Who unsubscribed since the first answer must not be sent what it said.
    if not question.delivery or decision.suppressed:
        return body
    if decision.fallback:
        return deliveries.recall(question.campaign, question.contact, question.delivery) or body
    return deliveries.remember(question.campaign, question.contact, question.delivery, body)


def _wait_of(secret: str) -> int:
    wait = wait_of(secret)
    if wait is None:
        raise NotAllowed
    return wait


def check_token(token: str, campaign: str) -> None:
    """Let in who holds the campaign's own token.

    Raises:
        NotAllowed: It is not that.
        ServiceUnavailable: That cannot be told: nothing is known of the campaign.
    """
    if not token.startswith(PREFIX):
        raise NotAllowed
    if not is_token_of(token, campaign, _token_version(campaign)):
        raise NotAllowed


def _token_version(campaign: str) -> int:
    try:
        plan = live_plans.current(campaign) if breaker.is_closed() else None
    except (DatabaseError, InterfaceError):
        breaker.trip()
        plan = None
    plan = plan or live_plans.last_known(campaign)
    if plan is None and not breaker.is_closed():
        raise ServiceUnavailable("the token cannot be checked: the database does not answer")
    # Of a campaign that is not there no token is right, and that takes as long to say.
    return plan.token_version if plan else 0


def _token(given: Mapping[str, Any]) -> str:
    token = given.get("token")
    return token if isinstance(token, str) else ""


def _question(given: Mapping[str, Any], *, has_key: bool) -> Question:
    by_email = given.get("contact") in (None, "") and given.get("email") not in (None, "")
    contact = name_in(given, "email" if by_email else "contact")
    return Question(
        campaign=name_in(given, "campaign"),
        contact=normal_address(contact) if by_email else contact,
        by_email=by_email,
        arm=optional_name_in(given, "arm") or None,
        delivery=optional_name_in(given, "delivery"),
        has_key=has_key,
    )
