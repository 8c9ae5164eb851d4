"""Taking from the outbox and posting: claimed by a conditional UPDATE, so that no two send one.

A worker that dies leaves its claim, which ends by itself; the receiver may then get a message
twice, under the same `webhook-id`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.db.models import Q

from core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from core.webhooks.posting import Posted, post
from core.webhooks.schedule import pause_after, retry_after
from core.webhooks.services import State, deliveries_stop
from core.webhooks.signing import sign

AT_ONCE = 8
CLAIM = timedelta(seconds=90)
GONE = 410
THROTTLED = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery as it is sent this time."""

    delivery_id: int
    url: str
    body: bytes
    headers: dict[str, str]


def deliveries_send(*, now: datetime, rng: Random) -> int:
    """Send what is due, a few at a time side by side; the number of attempts made."""
    letters = [_letter(delivery, now=now) for delivery in _claim(now=now)]
    if not letters:
        return 0
    # The threads only post: rows are written here, on one connection.
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(lambda one: post(one.url, one.body, one.headers), letters))
    for letter, posted in zip(letters, outcomes, strict=True):
        _record(letter.delivery_id, posted, now=now, rng=rng)
    return len(letters)


def _claim(*, now: datetime) -> list[WebhookDelivery]:
    with transaction.atomic():
        free = (
            WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(
                Q(claimed_until=None) | Q(claimed_until__lt=now),
                Q(endpoint__paused_until=None) | Q(endpoint__paused_until__lte=now),
                state=State.WAITING,
                due_at__lte=now,
                endpoint__is_enabled=True,
            )
            .order_by("due_at", "pk")[:AT_ONCE]
        )
        ids = [delivery.pk for delivery in free]
        WebhookDelivery.objects.filter(pk__in=ids).update(claimed_until=now + CLAIM)
    return list(
        WebhookDelivery.objects.filter(pk__in=ids)
        .select_related("message", "endpoint")
        .order_by("due_at", "pk")
    )


def _letter(delivery: WebhookDelivery, *, now: datetime) -> Letter:
    message, endpoint = delivery.message, delivery.endpoint
    body = message.body.encode()
    return Letter(
        delivery.pk,
        endpoint.url,
        body,
        {
            "webhook-id": message.pk,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": sign(endpoint.keys(now=now), message.pk, now, body),
        },
    )


@transaction.atomic
def _record(delivery_id: int, posted: Posted, *, now: datetime, rng: Random) -> None:
    # Gone with its endpoint meanwhile, or stopped: then there is nothing to note, or to move.
    delivery = (
        WebhookDelivery.objects.select_for_update(of=("self",))
        .select_related("endpoint")
        .filter(pk=delivery_id)
        .first()
    )
    if delivery is None:
        return
    WebhookAttempt.objects.create(
        delivery=delivery,
        at=now,
        seconds=posted.seconds,
        status=posted.status,
        outcome=_in_words(posted),
        answer=posted.answer,
    )
    delivery.attempts += 1
    delivery.claimed_until = None
    if delivery.state == State.WAITING:
        _move(delivery, posted, now=now, rng=rng)
    delivery.save()


def _move(delivery: WebhookDelivery, posted: Posted, *, now: datetime, rng: Random) -> None:
    if posted.status is not None and 200 <= posted.status < 300:
        delivery.state, delivery.delivered_at = State.DELIVERED, now
        return
    if posted.status == GONE:
        delivery.state = State.STOPPED
        _switch_off(delivery.endpoint)
        return
    pause = pause_after(delivery.attempts, rng)
    if pause is None:
        delivery.state = State.FAILED
        return
    asked = retry_after(posted.retry_after, now=now) if posted.retry_after else None
    delivery.due_at = now + max(pause, asked or timedelta(0))
    if posted.status in THROTTLED:
        # The whole endpoint is left alone, not only this message of many.
        until = now + (asked if asked is not None else pause)
        WebhookEndpoint.objects.filter(
            Q(paused_until=None) | Q(paused_until__lt=until), pk=delivery.endpoint_id
        ).update(paused_until=until)


def _switch_off(endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        is_enabled=False, disabled_because="it answered 410: it wants no more"
    )
    deliveries_stop(endpoint)


def _in_words(posted: Posted) -> str:
    if posted.status is None:
        return posted.error
    if 200 <= posted.status < 300:
        return "delivered"
    if 300 <= posted.status < 400:
        return f"refused: {posted.status}, and redirects are not followed"
    return f"refused with {posted.status}"


def due_count(*, now: datetime) -> int:
    """How many wait although they are due: what a health page looks at."""
    return WebhookDelivery.objects.filter(
        Q(endpoint__paused_until=None) | Q(endpoint__paused_until__lte=now),
        state=State.WAITING,
        due_at__lte=now,
        endpoint__is_enabled=True,
    ).count()
