"""Writes of webhooks: endpoints, their secrets, and the outbox."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import orjson
from django.contrib.auth.models import User
from django.db import transaction

from core.audit import audit
from core.errors import DomainError, InputRefused
from core.fetching import FetchFailed, judge
from core.installation import keyed_bytes
from core.jobs import wake
from core.webhooks.kinds import is_known, known_kinds
from core.webhooks.models import (
    SECRET_PURPOSE,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
    new_seed,
)
from core.webhooks.signing import secret_text

SEND_TASK = "core.tasks.webhooks_send"
BODY_BYTES_MAX = 20 * 1024
State = WebhookDelivery.State


@transaction.atomic
def webhook_create(
    name: str, url: str, *, kinds: Sequence[str] = (), actor: User | None
) -> tuple[WebhookEndpoint, str]:
    """An endpoint and its secret. The address is judged now and again at every attempt."""
    webhook_check(url, kinds)
    made = WebhookEndpoint.objects.create(name=name, url=url, kinds=list(kinds), created_by=actor)
    audit(actor, "webhook_create", made, name=name, kinds=made.kinds)
    return made, webhook_secret(made)


@transaction.atomic
def webhook_change(
    endpoint: WebhookEndpoint,
    *,
    name: str,
    url: str,
    kinds: Sequence[str],
    is_enabled: bool,
    actor: User | None,
) -> None:
    """Change it; switching it on again forgets why it was off and what it asked for."""
    webhook_check(url, kinds)
    endpoint.name, endpoint.url, endpoint.kinds = name, url, list(kinds)
    endpoint.is_enabled = is_enabled
    endpoint.disabled_because = "" if is_enabled else "switched off by a person"
    endpoint.paused_until = None
    endpoint.save()
    if not is_enabled:
        deliveries_stop(endpoint)
    audit(actor, "webhook_change", endpoint, kinds=endpoint.kinds, is_enabled=is_enabled)


@transaction.atomic
def webhook_secret_rotate(
    endpoint: WebhookEndpoint, *, now: datetime, overlap: timedelta, actor: User | None
) -> str:
    """A new secret; for the overlap everything is signed with both, so that nothing is refused."""
    if overlap < timedelta(0):
        raise InputRefused("overlap must not be negative", field="overlap")
    locked = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    locked.old_seed, locked.seed = locked.seed, new_seed()
    locked.old_seed_until = now + overlap
    locked.save(update_fields=["seed", "old_seed", "old_seed_until", "updated_at"])
    audit(actor, "webhook_secret_rotate", locked, until=locked.old_seed_until.isoformat())
    return webhook_secret(locked)


def webhook_secret(endpoint: WebhookEndpoint) -> str:
    return secret_text(keyed_bytes(SECRET_PURPOSE, endpoint.seed))


def webhook_publish(kind: str, content: Mapping[str, object], *, now: datetime) -> str | None:
    """Put it into the outbox for everyone who wants to know; None: nobody does.

    Call it in the transaction that did what it tells of: both are kept, or neither.
    """
    return next(iter(webhooks_publish(kind, [content], now=now)), None)


@transaction.atomic
def webhooks_publish(
    kind: str, contents: Sequence[Mapping[str, object]], *, now: datetime
) -> list[str]:
    """The same for several things of one kind at once; the ids of the messages."""
    if not is_known(kind):
        raise ValueError(f"{kind!r} is no registered kind of webhook")
    if not contents:
        return []
    wanting = [
        endpoint.pk
        for endpoint in WebhookEndpoint.objects.filter(is_enabled=True, is_callback=False).only(
            "pk", "kinds"
        )
        if not endpoint.kinds or kind in endpoint.kinds
    ]
    if not wanting:
        return []
    bodies = [_body(kind, content, now=now) for content in contents]
    return _put_out(kind, bodies, wanting, now=now)


@transaction.atomic
def callback_endpoint(url: str, *, name: str) -> WebhookEndpoint:
    """The endpoint of an address that a request wants to be told at; naming it switches it on.

    Raises:
        InputRefused: Nothing is posted to this address.
    """
    webhook_check(url, ())
    endpoint, _ = WebhookEndpoint.objects.get_or_create(
        url=url, is_callback=True, defaults={"name": name}
    )
    if not endpoint.is_enabled:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            is_enabled=True, disabled_because="", paused_until=None
        )
    return endpoint


@transaction.atomic
def callback_publish(
    endpoint: WebhookEndpoint, kind: str, body: Mapping[str, object], *, now: datetime
) -> None:
    """Put this very body into the outbox for one endpoint: signed, retried and logged like all."""
    if endpoint.is_enabled:
        _put_out(kind, [orjson.dumps(body).decode()], [endpoint.pk], now=now)


def _put_out(
    kind: str, bodies: Sequence[str], endpoints: Sequence[int], *, now: datetime
) -> list[str]:
    messages = WebhookMessage.objects.bulk_create(
        WebhookMessage(id=f"msg_{secrets.token_hex(12)}", kind=kind, body=body, created_at=now)
        for body in bodies
    )
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(message=message, endpoint_id=pk, due_at=now)
        for message in messages
        for pk in endpoints
    )
    wake(SEND_TASK)
    return [message.id for message in messages]


@transaction.atomic
def deliveries_replay(deliveries: Sequence[int], *, now: datetime, actor: User | None) -> int:
    """Send them once more, with the same id, whatever became of them; the number of those."""
    found = WebhookDelivery.objects.filter(pk__in=deliveries, endpoint__is_enabled=True)
    replayed = found.update(
        state=State.WAITING, attempts=0, due_at=now, claimed_until=None, delivered_at=None
    )
    if not replayed:
        raise DomainError("nothing to send again: the endpoints of these are switched off")
    for endpoint in WebhookEndpoint.objects.filter(deliveries__in=list(deliveries)).distinct():
        audit(actor, "deliveries_replay", endpoint, count=replayed)
    wake(SEND_TASK)
    return replayed


def deliveries_replay_since(
    endpoint: WebhookEndpoint, since: datetime, *, now: datetime, actor: User | None
) -> int:
    """Send once more what an endpoint missed since then; the number of those."""
    missed = WebhookDelivery.objects.filter(
        endpoint=endpoint, message__created_at__gte=since, state__in=[State.FAILED, State.STOPPED]
    )
    ids = list(missed.values_list("pk", flat=True))
    return deliveries_replay(ids, now=now, actor=actor) if ids else 0


def deliveries_stop(endpoint: WebhookEndpoint) -> None:
    """Nothing more goes to an endpoint that is switched off."""
    WebhookDelivery.objects.filter(endpoint=endpoint, state=State.WAITING).update(
        state=State.STOPPED, claimed_until=None
    )


def messages_prune(*, before: datetime) -> int:
    """Drop what happened before, with its log; the number of messages."""
    old = WebhookMessage.objects.filter(created_at__lt=before)
    waiting = WebhookDelivery.objects.filter(state=State.WAITING).values("message")
    _, rows = old.exclude(pk__in=waiting).delete()
    return rows.get("core.WebhookMessage", 0)


def webhook_check(url: str, kinds: Sequence[str]) -> None:
    """Refuse an address that is not to be posted to, and kinds there are not.

    Raises:
        InputRefused: Naming the field.
    """
    try:
        judge(url)
    except FetchFailed as unknown:
        raise InputRefused(str(unknown), field="url") from unknown
    wrong = sorted(set(kinds) - {kind.name for kind in known_kinds()})
    if wrong:
        names = ", ".join(kind.name for kind in known_kinds())
        raise InputRefused(f"kinds: {', '.join(wrong)} is not one of {names}", field="kinds")


def _body(kind: str, content: Mapping[str, object], *, now: datetime) -> str:
    body = orjson.dumps({"type": kind, "timestamp": now, "data": content})
    if len(body) > BODY_BYTES_MAX:
        raise ValueError(f"a webhook of {len(body)} bytes: most is {BODY_BYTES_MAX}")
    return body.decode()
